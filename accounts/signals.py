"""What the apps to the right may hear of accounts; no business rule hangs on them."""

from django.dispatch import Signal

# sender: EmailProof, proof: the row. `records` writes the e-mail down in the same transaction.
link_asked = Signal()
# sender: User, user: the account, verb and sentence for the journal « portail ».
account_changed = Signal()
