"""Words that say nothing, for texts of which no two are alike."""

TEXT = """
about above across after again almost along already always among answer around arrive autumn barley basket because
before behind believe below beside better between beyond bicycle borrow bottle branch bread breeze bridge bright bring
brother build butter button canal candle careful carry castle certain chance change cheese chimney church circle clear
clever climb closet coffee copper corner cotton council country cousin crowd curtain daily danger decide deliver
desert dinner distant doctor dozen early earth either empty engine enough entire equal evening every example expect
family famous farmer father fellow figure finger finish flower follow forest forget forward friend further garden
gather gentle glass golden ground group happen harbour harvest health heavy history holiday honest horse hundred hurry
island journey kettle kitchen ladder language lately laugh leather lesson letter library little lonely machine market
matter meadow measure memory middle minute mirror modern moment money morning mother mountain narrow nature nearly
needle neither nothing number orange orchard order paper parent peace pencil people perhaps picture pillow planet
pleasant plenty pocket potato present promise proper question quiet railway rather reason remain repeat river saddle
salt school season second secret seldom several shadow silver simple sister spring stone story strange street summer
supper surface teacher theatre thousand thunder ticket together tomorrow toward travel trouble valley village violin
visit voice wander water weather winter within without wonder wooden worker yellow yesterday young
"""
WORDS = tuple(TEXT.split())
