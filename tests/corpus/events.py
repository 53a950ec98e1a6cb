"""What happened when: a table that every dated sentence of the corpus is held against.

A line of a pattern names a sentence about the event; its parts, between plus signs, are regular
expressions that must all be found in the sentence, in any order, and `!` says must not be found.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from functools import cache

_PART = re.compile(r" \+ ")


@dataclass(frozen=True, slots=True)
class Event:
    """An event, the day or days on which it happened, and how a sentence about it is known."""

    days: frozenset[datetime.date]
    patterns: tuple[str, ...]

    def is_in(self, sentence: str) -> bool:
        """Tell whether the sentence is about the event."""
        return any(is_match(pattern, sentence) for pattern in self.patterns)


def is_match(pattern: str, sentence: str) -> bool:
    """Tell whether a sentence is of the pattern's kind."""
    return all(
        (expression.search(sentence) is None) == is_excluded
        for expression, is_excluded in _parts(pattern)
    )


@cache
def _parts(pattern: str) -> tuple[tuple[re.Pattern[str], bool], ...]:
    return tuple(
        (re.compile(part.removeprefix("!"), re.IGNORECASE), part.startswith("!"))
        for part in _PART.split(pattern)
    )


def events() -> list[Event]:
    """Return the table as events; a line without a date goes with the event above it."""
    found: list[tuple[list[str], list[str]]] = []
    for line in TABLE.strip().splitlines():
        dates, _, pattern = line.partition("| ")
        if dates.strip():
            found.append((dates.split(), []))
        found[-1][1].append(pattern.strip())
    return [
        Event(frozenset(map(datetime.date.fromisoformat, dates)), tuple(patterns))
        for dates, patterns in found
    ]


TABLE = r"""
1947-07-26 | National Security Act + !Archive
1954-06-18 | Castillo Armas + invaded from
1954-06-27 | Árbenz resigned by radio
1961-04-17 | landed on the south coast of Cuba|went ashore at Playa|landing at the Bay of Pigs
1963-09-25 | Bosch + overthrew|deposed on
1964-03-31 | coup that began on|marched from Juiz de Fora
1965-04-24 | young officers rose in Santo Domingo
1965-04-28 | Johnson sent marines
1966-07-04 | Freedom of Information Act|FOIA + signed (?:on|by Lyndon)
1970-09-04 | Allende won the presidential election|before and after his election
1970-10-22 | Schneider + shot|fatally wounded
1973-09-11 | overthrew the elected president, Salvador Allende|navy rose at Valparaíso
           | putsch of + Allende's enemies
           | Chilean coup of
1974-12-30 | Hughes-Ryan Amendment|had been required by law since
1981-12-04 | Executive Order 12333
1983-10-19 | freed Bishop|Maurice Bishop.*killed
1983-10-25 | invaded the island of Grenada|onto Point Salines at dawn
1986-10-05 | Hasenfus
1986-11-25 | Edwin Meese
1989-10-03 | Giroldi + rose against|failed coup
1989-12-20 | invaded Panama|invasion of \d+ + Panama
1991-08-14 | Intelligence Authorization Act|became law
1992-02-04 | (?:failed coup|coup attempt) (?:led by Chávez on|of) \d\d? |led an attempted coup
           | Chávez + tried to seize power
1992-11-27 | second (?:military )?(?:rising|revolt) + other officers
1998-10-16 | Pinochet + arrest
1998-12-06 | Chávez won the presidency|Chávez, elected president|Hugo Chávez, elegido
           | before Chávez was elected|elected president of Venezuela against the candidates
1999-02-02 | Chávez takes office|Chávez took office
1999-12-15 | approved by referendum on|approve a new constitution|Constitución aprobada
2001-09-11 | Democratic Charter + adopt
           | Carta Democrática Interamericana, aprobada
2002-04-06 | \bbrief (?:of|for|dated|warns)|informe con fecha|One of them, dated
2002-04-11 | \b(?:march|marcha)\b + Miraflores
2002-04-12 | Carmona + sworn in|took the oath|juró
2002-04-13 | Carmona (?:gave up|falls)
2002-04-14 | Chávez was flown back|Chávez returns to Miraflores|volvió al poder
           | reached Miraflores early
2002-12-02 | oil strike (?:that began on|from)|paro (?:petrolero )?que comenzó
           | began a general strike on|general strike led by managers
2004-08-15 | recall referendum + Chávez wins|confirmed in office|which Chávez won|he survived
2007-12-02 | reform + narrowly reject|defeat the reform
2008-01-01 | bolívar fuerte + three zeros|tres ceros
2008-03-01 | Raúl Reyes
2008-09-11 | Duddy + expel|expuls
2008-09-12 | expel\w* (?:the Venezuelan ambassador,? )?Bernardo Álvarez
           | Venezuelan ambassador in Washington, expelled
           | Hugo Carvajal + Henry Rangel Silva
2009-02-15 | (?:lifted term limits|lifts the limits)
2009-12-29 | Executive Order 13526
2011-09-08 | Clíver Alcalá + added|listed|named|names
2012-12-08 | names Nicolás Maduro as the man|asked Venezuelans on
2013-03-05 | Chávez die[sd]\b(?! he)|the death of Chávez|muerte de Hugo Chávez|Chávez's death on
2013-04-14 | 50\.6|narrowly won the election|narrowly lost the presidential|lost by 1\.5
           | al ganar la elección
2014-02-12 | (?:unrest|protests) that began on|first great (?:wave|day)|on Youth Day
2014-02-18 | López + surrendered|gives himself up
           | He surrendered on
2014-10-24 | Padrino López + since \d|desde el \d|becomes minister|whose place
           | followed Admiral Carmen Meléndez
2014-12-18 | Defense of Human Rights and Civil Society Act|ley de sanciones
2015-03-08 | (?:Executive Order|orden ejecutiva) 13692
2015-09-10 | nearly (?:14|fourteen) years|Leopoldo López, condenado
2015-11-10 | nephews + arrested in Haiti
2015-12-06 | 112 (?:of|de)(?: the| los)? 167
           | won parliament on|parlamento elegido|parliament elected on
2016-01-05 | National Assembly (?:sat for the first time|meets)
2016-07-11 | Abastecimiento Soberano|mission to supply the country|the military control of supplies
2016-08-01 | indictment + public + Reverol|of him
2016-08-13 | reabrió a los peatones|open again to people on foot
2016-09-26 | peace accord in Cartagena|signing of the Colombian peace agreement
2016-11-18 | found them guilty|convicts the nephews
2016-11-24 | revised (?:peace )?(?:accord|agreement)
2017-01-20 | Trump becomes president|Trump: president
2017-02-01 | Tillerson is sworn in|anniversary of his swearing-in
2017-02-13 | El Aissami + Treasury|Kingpin|drug law|named under
2017-03-28 2017-03-29 | rulings (?:155 and 156 )?of \d|sentencias del \d
2017-03-28 | (?:number|Ruling) 155\b
2017-03-29 | (?:number|Ruling) 156\b
2017-03-31 | (?:Ortega Díaz|attorney general|chavista) + rupture|broke with|break the constitutional
           | Ortega Díaz declared that rulings
2017-04-01 | takes back parts of its rulings|judges (?:withdrew|retreated)|court withdrew
           | rulings 157 and 158
2017-04-26 | Venezuela (?:announce|would quit)|anunciado + leave|quit|se retiraba
2017-04-28 | letter + withdrawal|gives notice
2017-05-01 | (?:convening|calls|announced) a (?:National )?constituent assembly
           | convocaba una asamblea constituyente|called such an assembly
2017-05-18 | eight magistrates|ocho magistrados|seven members of its Constitutional
2017-06-27 | helicopter + Óscar Pérez|the helicopter attack of|from the La Carlota
           | helicóptero + Óscar Pérez|ataque en helicóptero del
           | individual weapons|handing over of their arms
2017-07-16 | opposition holds a vote|vote of its own|unofficial vote|consulta popular
2017-07-26 | thirteen (?:\w+ ){0,4}officials|trece funcionarios
2017-07-30 | constituent assembly (?:is )?elected|elección de la Asamblea Constituyente
           | election took place on|Venezuela eligió|41,5 por ciento
2017-07-31 | Maduro himself + sanctions|listed|list of|list to|same order
           | Maduro was placed on the SDN list|including Nicolás Maduro on
2017-08-02 | Smartmatic + million|millón
2017-08-04 | constituent assembly (?:was|is) sworn in|Constituyente se instaló
2017-08-05 | dismiss + Ortega Díaz
           | dismissed her on|Mercosur|suspended Venezuela for breach
2017-08-06 | (?:raid on|entered|asaltó el|asalto al) (?:Fort|fuerte) Paramacay(?! or)
           | Operation David
2017-08-08 | (?:signed?|joined in|adopted) the Lima Declaration|Lima Declaration of
           | Declaración de Lima del|founded the Lima Group
           | formed in the Peruvian|una declaración firmada
2017-08-11 | Trump|He spoke + military option|opción militar + !Cartagena
           | Caguaripano (?:is captured|fue capturado)|was captured in Caracas
2017-08-13 | Pence|He toured + Cartagena
2017-08-18 | constituent assembly (?:took|takes) over|It took over the powers|power to legislate on
           | Constituyente se atribuyó
2017-08-24 | (?:Executive Order|orden ejecutiva) 13808
2017-11-26 | Manuel Quevedo
2017-12-03 | announces a digital currency
2017-12-14 | each received eighteen years|eighteen years in prison
2017-12-18 | San Pedro de los Altos
2018-01-15 | El Junquito
2018-01-23 | (?:before|by) the end of April|antes del 30 de abril|adelantar las elecciones
           | called an early presidential election|adelanto de la elección
2018-02-01 | Tillerson + gave (?:a speech|an address)|spoke at the University|agent of change
           | discurso en la Universidad de Texas|He said that the military had often
2018-02-01 2018-02-07 | Tillerson + Mexico|México + Argentina + Jamaica
2018-02-07 | Santo Domingo + broke off|broke|end without agreement
2018-02-09 | Rubio|\bhe + on Twitter + armed forces|transition|Venezuelan military
           | Rubio's messages of|Rubio.*used his Twitter account
2018-02-20 | petro on sale|petro, la moneda digital lanzada
2018-03-01 | council moves the presidential election
2018-03-13 | Rodríguez Torres + arrest|seized|detained + !Varela
           | dismissal of Rex Tillerson
2018-03-19 | (?:Executive Order|orden ejecutiva) 13827|forbade Americans to deal in it
2018-04-26 | Pompeo + sworn in|secretary of state since + !Haspel
2018-05-18 | sanctioned Cabello|places Diosdado Cabello under|placed Cabello on
           | second (?:most powerful )?man of the (?:ruling|governing) party
2018-05-20 | 67[.,]8|reelegido presidente|stood for president|candidate for president on
           | called to the polls|centros de votación|(?:before|chose|for) the election of \d
           | elección del \d+ de mayo|presidential election of \d+ May
           | date, the election of
2018-05-21 | Lima Group|Grupo de Lima + not recogni[sz]e|no reconocía
           | (?:Executive Order|orden ejecutiva) 13835
2018-05-22 | expel|against Todd + Robinson
2018-06-05 | adopt\w* a resolution that den|aprobó, con 19 votos
2018-06-14 | Delcy Rodríguez + becomes vice-president|Venezuela since|nombrada vicepresidenta
2018-06-19 | Cabello + constituent assembly + elected|from \d
2018-08-04 | (?:drone attack|ataque con drones|atentado) (?:of|del) \d
           | (?:two|dos) drones? + went off|go off|estallaron
2018-08-07 | Requesens + seized|arrest|detenido
           | president of Colombia (?:since|until)|Santos entregó el mando
2018-08-18 | residents|vecinos + camps|campamentos
2018-08-20 | five zeros|bolívar soberano entró|reforma (?:monetaria )?del \d
2018-09-03 2018-09-04 | Quito Declaration|Declaración de Quito|Quito process
2018-09-08 | New York Times (?:reported|reports|informó)|the report of \d|the newspaper report of
           | (?:contacts|meetings|talks) .*(?:became|become) (?:public|known)|the disclosure of \d
2018-09-14 | Cúcuta + option|opción|intervention|intervención
2018-09-25 | Cilia Flores + sanctions + Delcy|Padrino|three senior
           | Trump + New York|Nueva York|United Nations + topple|derribar|bring|socialism
2018-09-26 | International Criminal Court|Corte Penal + six states|Argentina
           | six (?:states referred|did so)
2018-10-08 | Albán
2018-11-01 | (?:Executive Order|orden ejecutiva|order) 13850
"""
