"""Answers of forms and registers that rules compare with, as they are written there."""

YES = "是"
NO = "否"
YES_OR_NO = (YES, NO)

# Stages of compulsory education.
PRIMARY = "小学"
JUNIOR = "初中"
COMPULSORY = (PRIMARY, JUNIOR)

# Kinds of schools; a primary school has the same name as its stage.
PRIMARY_SCHOOL = PRIMARY
TEACHING_POINT = "教学点"
SPECIAL_SCHOOL = "特殊教育学校"
VOCATIONAL_SCHOOL = "职业学校"
THROUGH_SCHOOLS = ("九年一贯制学校", "十二年一贯制学校")

# Location and ownership of schools.
URBAN = "城区"
TOWN = "镇区"
RURAL = "乡村"
PUBLIC = "公办"

# Grades of a school, and the progress of a plan task.
GOOD_GRADES = ("优秀", "良好")
CARRIED_OUT = "已落实"
