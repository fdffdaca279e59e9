"""What every room stands on: errors, references, money, text, clock, outbox, registries. No domain."""
