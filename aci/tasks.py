"""Doors of the queue: nightly tasks and document jobs, each one line, each safe to run twice."""

from celery import shared_task

from aci import actions
from aci.actions import batches
from records import jobs

jobs.handles("contract_draft_pdf")(actions.make_document)
jobs.handles("contract_frozen_pdf")(actions.make_document)
jobs.handles("contract_final_pdf")(actions.make_document)
jobs.handles(batches.PLAN_JOB)(batches.plan_batch)
jobs.handles(batches.ITEM_JOB)(batches.make_batch_item)
jobs.handles(batches.ARCHIVE_JOB)(batches.gather_batch)
jobs.handles("contract_seal")(actions.seal_signature)
jobs.handles("contract_letter_pdf")(actions.make_contract_letter)


@shared_task(name="aci.expire_contracts")
def expire_contracts() -> None:
    """Close the contracts whose last day is over."""
    actions.expire_contracts()


@shared_task(name="aci.remind_renewals")
def remind_renewals() -> None:
    """Remind the parties of a contract that ends soon and that nothing follows."""
    actions.remind_renewals()


@shared_task(name="aci.follow_terminations")
def follow_terminations() -> None:
    """End the contracts whose day has come; pass the turn when the other side was heard."""
    actions.follow_terminations()


@shared_task(name="aci.open_contract_years")
def open_contract_years() -> None:
    """Open the contract years whose anniversary has come."""
    actions.open_contract_years()


@shared_task(name="aci.apply_reshapings")
def apply_reshapings() -> None:
    """Carry out the mergers and the splits whose day has come, before the years open."""
    actions.apply_reshapings()
