"""The measures: named column expressions over figures, one for each way of computing.

Each takes the columns of one grain (a section, a school, a class, …) and returns one value per row.
Divide once, last; nothing is rounded here. Figures are in 万元, values in 元.
"""

from junheng.domain.standard.measures import answers as answers
from junheng.domain.standard.measures import guarantees as guarantees
from junheng.domain.standard.measures import quality as quality
from junheng.domain.standard.measures import resources as resources
from junheng.domain.standard.measures.registry import MEASURES as MEASURES
from junheng.domain.standard.measures.registry import Measure as Measure
from junheng.domain.standard.measures.registry import MeasureUnknown as MeasureUnknown
from junheng.domain.standard.measures.registry import column as column
from junheng.domain.standard.measures.registry import named as named
