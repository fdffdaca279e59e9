"""What the database itself holds: transactions balance, funds follow their postings and reservations, nothing is edited."""

from django.db import migrations

BALANCE = """
create function ledger_check_balance() returns trigger language plpgsql as $$
declare the_transaction bigint;
begin
  if tg_table_name = 'ledger_transaction' then the_transaction := new.id;
  else the_transaction := new.transaction_id;
  end if;
  if (select count(*) < 2 or sum(amount_fen) <> 0 from ledger_posting where transaction_id = the_transaction) then
    raise exception 'transaction % does not balance', the_transaction
      using errcode = 'check_violation', constraint = 'transaction_balances';
  end if;
  return null;
end $$;
create constraint trigger transaction_balances after insert on ledger_transaction
  deferrable initially deferred for each row execute function ledger_check_balance();
create constraint trigger transaction_balances after insert on ledger_posting
  deferrable initially deferred for each row execute function ledger_check_balance();
"""

SAME_TRANSACTION = """
-- Postings are written together with their transaction: whose row is visible and still in progress is our own.
create function ledger_posting_in_time() returns trigger language plpgsql as $$
declare low bigint; current_id bigint := pg_current_xact_id()::text::bigint; full_id bigint;
begin
  select xmin::text::bigint into low from ledger_transaction where id = new.transaction_id;
  full_id := (current_id >> 32 << 32) + low;
  if full_id > current_id + 1000000 then full_id := full_id - (1::bigint << 32); end if;
  if low is null or full_id < 3 or pg_xact_status(full_id::text::xid8) is distinct from 'in progress' then
    raise exception 'transaction % is already booked', new.transaction_id
      using errcode = 'check_violation', constraint = 'posting_in_time';
  end if;
  return new;
end $$;
create trigger posting_in_time before insert on ledger_posting
  for each row execute function ledger_posting_in_time();
"""

APPEND_ONLY = """
create function ledger_refuse() returns trigger language plpgsql as $$
begin
  raise exception '% is never changed or removed', tg_table_name
    using errcode = 'check_violation', constraint = tg_table_name || '_append_only';
end $$;
create trigger append_only before update or delete on ledger_transaction
  for each row execute function ledger_refuse();
create trigger append_only before update or delete on ledger_posting
  for each row execute function ledger_refuse();
create trigger append_only_whole before truncate on ledger_transaction
  for each statement execute function ledger_refuse();
create trigger append_only_whole before truncate on ledger_posting
  for each statement execute function ledger_refuse();
create trigger account_fixed before update of key, kind, fund_id on ledger_ledgeraccount
  for each row when (row(old.key, old.kind, old.fund_id) is distinct from row(new.key, new.kind, new.fund_id))
  execute function ledger_refuse();
create trigger account_stays before delete on ledger_ledgeraccount
  for each row execute function ledger_refuse();
"""

FUNDS = """
-- A credit to a fund's account is money for the fund.
create function ledger_posting_moves_fund() returns trigger language plpgsql as $$
declare the_fund bigint := (select fund_id from ledger_ledgeraccount where id = new.account_id);
begin
  if the_fund is not null then
    update ledger_fund set balance_fen = balance_fen - new.amount_fen where id = the_fund;
  end if;
  return null;
end $$;
create trigger posting_moves_fund after insert on ledger_posting
  for each row execute function ledger_posting_moves_fund();

create function ledger_reservation_holds() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    if row(old.fund_id, old.amount_fen, old.subject, old.made_at)
       is distinct from row(new.fund_id, new.amount_fen, new.subject, new.made_at)
       or old.state <> 'held' and new.state <> old.state then
      raise exception 'an ended reservation stays as it is'
        using errcode = 'check_violation', constraint = 'reservation_ends_once';
    end if;
    if old.state = 'held' and new.state <> 'held' then
      update ledger_fund set reserved_fen = reserved_fen - new.amount_fen where id = new.fund_id;
    end if;
  elsif new.state = 'held' then
    update ledger_fund set reserved_fen = reserved_fen + new.amount_fen where id = new.fund_id;
  end if;
  return null;
end $$;
create trigger reservation_holds after insert or update on ledger_reservation
  for each row execute function ledger_reservation_holds();
create trigger reservation_stays before delete on ledger_reservation
  for each row execute function ledger_refuse();
create trigger reservation_stays_whole before truncate on ledger_reservation
  for each statement execute function ledger_refuse();

-- Nobody else writes these two columns.
create function ledger_fund_follows() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.balance_fen = 0 and new.reserved_fen = 0 then return new; end if;
  elsif pg_trigger_depth() > 1
     or row(old.balance_fen, old.reserved_fen) is not distinct from row(new.balance_fen, new.reserved_fen) then
    return new;
  end if;
  raise exception 'a fund follows its postings and reservations'
    using errcode = 'check_violation', constraint = 'fund_follows_postings';
end $$;
create trigger fund_follows_postings before insert or update on ledger_fund
  for each row execute function ledger_fund_follows();
"""

REVERSE = """
drop trigger fund_follows_postings on ledger_fund;
drop trigger reservation_stays_whole on ledger_reservation;
drop trigger reservation_stays on ledger_reservation;
drop trigger reservation_holds on ledger_reservation;
drop trigger posting_moves_fund on ledger_posting;
drop trigger account_stays on ledger_ledgeraccount;
drop trigger account_fixed on ledger_ledgeraccount;
drop trigger append_only_whole on ledger_posting;
drop trigger append_only_whole on ledger_transaction;
drop trigger append_only on ledger_posting;
drop trigger append_only on ledger_transaction;
drop trigger posting_in_time on ledger_posting;
drop trigger transaction_balances on ledger_posting;
drop trigger transaction_balances on ledger_transaction;
drop function ledger_fund_follows(), ledger_reservation_holds(), ledger_posting_moves_fund(),
  ledger_refuse(), ledger_posting_in_time(), ledger_check_balance();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.RunSQL(sql="".join((BALANCE, SAME_TRANSACTION, APPEND_ONLY, FUNDS)), reverse_sql=REVERSE),
    ]
