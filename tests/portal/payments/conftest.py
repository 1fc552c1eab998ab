"""The contract of CPTS Rives at each stage of its life, on 1 July 2024."""

from tests.aci.conftest import (  # noqa: F401  (fixtures, found by their names)
    accepted,
    day,
    do_jobs,
    frozen_without_file,
    in_force,
    light_documents,
    negotiated,
    project,
    signatories,
    to_sign,
)
from tests.aci.payments.conftest import contract, prepare  # noqa: F401
