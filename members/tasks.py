"""Doors of the queue: the e-mails whose link is drawn when they leave. Safe to run twice."""

from members import emails
from records import jobs

jobs.handles("member_link")(emails.deliver)
