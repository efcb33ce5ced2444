"""The tables: columns only. Importing this package registers all of them."""

from junheng.store.tables import chase as chase
from junheng.store.tables import chat as chat
from junheng.store.tables import evaluation as evaluation
from junheng.store.tables import intake as intake
from junheng.store.tables import ledger as ledger
from junheng.store.tables import users as users
