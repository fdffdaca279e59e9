"""Money in and out: bills, receipts, refunds, gateways, reconciliation."""
