"""A live cluster, asked over its API for what it has and would take; nothing is ever written to it."""

from meshgen.cluster.answers import FAILED as FAILED
from meshgen.cluster.answers import FORBIDDEN as FORBIDDEN
from meshgen.cluster.answers import Applied as Applied
from meshgen.cluster.answers import Cause as Cause
from meshgen.cluster.answers import Refusal as Refusal
from meshgen.cluster.answers import Unanswered as Unanswered
from meshgen.cluster.asking import Cluster as Cluster
from meshgen.cluster.asking import connected as connected
from meshgen.cluster.connection import CONNECTIONS as CONNECTIONS
from meshgen.cluster.connection import Access as Access
from meshgen.cluster.kinds import CONFIG_MAPS as CONFIG_MAPS
from meshgen.cluster.kinds import DEFINITIONS as DEFINITIONS
from meshgen.cluster.kinds import DEPLOYMENTS as DEPLOYMENTS
from meshgen.cluster.kinds import Kind as Kind
from meshgen.cluster.kinds import Served as Served
