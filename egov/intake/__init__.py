"""Forms, drafts, prefill with its source, attachments, submitting."""
