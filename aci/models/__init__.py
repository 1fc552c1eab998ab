"""The ACI agreement: grids, contracts, what the parties leave on them, contract years."""

from aci.models.amendment import Amendment, TermMission, Terms
from aci.models.annex import IndicatorAnnex
from aci.models.articles import (
    ArticleWording,
    BlockAcceptance,
    ContractText,
    ContractVisit,
    Remark,
    RemarkMessage,
)
from aci.models.batches import ContractBatch, ContractBatchItem
from aci.models.clauses import ContractTemplate
from aci.models.contract import Contract, ContractMission
from aci.models.ending import (
    ContractLetter,
    Termination,
    TerminationAct,
)
from aci.models.grid import FundingGrid, FundingGridAmount
from aci.models.identity import BankAccount, ContractSignatory
from aci.models.paper import PaperScan, PaperSigning, WrittenSignature
from aci.models.payments import (
    Funder,
    PaymentLine,
    PaymentOrder,
    PaymentOrderItem,
    PaymentSlip,
)
from aci.models.registrations import ContractRegistration
from aci.models.reshaping import (
    Reshaping,
    ReshapingCommune,
    ReshapingPart,
    ReshapingVoice,
)
from aci.models.seals import Seal
from aci.models.suspensions import ContractHold
from aci.models.trail import ContractAcceptance, ContractDocument, Signature
from aci.models.year import ContractYear

__all__ = [
    "Amendment",
    "ArticleWording",
    "BankAccount",
    "BlockAcceptance",
    "Contract",
    "ContractAcceptance",
    "ContractBatch",
    "ContractBatchItem",
    "ContractDocument",
    "ContractHold",
    "ContractLetter",
    "ContractMission",
    "ContractRegistration",
    "ContractSignatory",
    "ContractTemplate",
    "ContractText",
    "ContractVisit",
    "ContractYear",
    "Funder",
    "FundingGrid",
    "FundingGridAmount",
    "IndicatorAnnex",
    "PaperScan",
    "PaperSigning",
    "PaymentLine",
    "PaymentOrder",
    "PaymentOrderItem",
    "PaymentSlip",
    "Remark",
    "RemarkMessage",
    "Reshaping",
    "ReshapingCommune",
    "ReshapingPart",
    "ReshapingVoice",
    "Seal",
    "Signature",
    "TermMission",
    "Termination",
    "TerminationAct",
    "Terms",
    "WrittenSignature",
]
