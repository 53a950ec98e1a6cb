"""The usual words of English and Spanish, folded as the analyzer folds them.

The English ones are the 3,000 that are usual in both halves of the news that bench/README.md
describes (Reuters 1987, BBC 2004-5), by the product of the shares of articles that have them. The
Spanish ones are in at least three paragraphs of XQuAD (Artetxe et al. 2020). Left out are words of
under four letters, those that are nearly always written with a capital, and small words, which
`usual_words.py` has.
"""

from __future__ import annotations

from backstory.engine.languages import words

_ENGLISH = words(
    """
    abandoned ability able abroad absence absolutely accept acceptable acceptance accepted
    access accident accompanied according account accounted accounting accounts accurate accused
    achieve achieved acknowledged acquire acquired acquisition acquisitions acting action
    actions active actively activities activity acts actual actually added adding addition
    additional address adds adequate adjusted administration admitted adopt adopted advance
    advanced advances advantage advertising advice advised adviser advisers advisory aerospace
    affair affairs affect affected affecting affiliate afford afternoon agencies agency agenda
    agent aggressive agree agreed agreement agreements agricultural agriculture ahead aimed
    aiming aims aircraft airline airlines airport allegations alleged allegedly alliance allied
    allies allow allowed allowing allows alongside alternative amendment amid amount amounts
    analysis analyst analysts anger angry anniversary announce announced announcement announcing
    annual annually answer anti anticipated apart apparent apparently appeal appeals appear
    appearance appeared appears application applications applied apply appointed appointment
    approach approached appropriate approval approvals approve approved approximately area areas
    argue argued arguing argument arms army arranged arrangement arrangements arrest arrested
    arrived article aside asked asking aspects assembly assess assessment asset assets assist
    assistance assistant associated associates association assume attack attacked attacks
    attempt attempted attempting attempts attend attended attention attitude attorney attract
    attracted attractive attributed auction audience audio audit authorities authority auto
    automatic automatically autumn available average aviation avoid award awarded awards aware
    back backed background backing badly balance balanced ball band bank bankers banking
    bankruptcy banks banned barrel barrels barriers base based basic basically basis battle bear
    beat became become becomes becoming beef began begin beginning begins begun behalf belief
    believe believed believes benchmark benefit benefits best better bidding bids bigger biggest
    bilateral bill billion billions bills black blame blamed block blocked blood blow blue board
    boards bodies body bond bonds bonus book booked books boom boost boosted boosting border
    borrow borrowing boss bottom bought bound branch branches brand brands breach break breaking
    breaks breakthrough bridge brief bring bringing brings broad broadcast broadcasting broke
    broken broker brokerage brokers brought budget build building buildings built bulk burden
    bureau business businesses buyer buyers buying buyout cabinet cable calculated calendar call
    called calling calls came camp campaign cancelled candidate candidates capabilities capable
    capacity capital card cards care career careful carefully carried carrier carriers carries
    carry carrying cars case cases cash cast categories category caught cause caused causing
    cautious cent center central centre centres cents century ceremony certain certainly
    certificate chain chairman challenge challenges challenging chamber champion chance
    chancellor chances change changed changes changing channel channels chapter character charge
    charged charges chart chase cheap cheaper check chemical chemicals chief children chip chips
    choice choose chosen circuit circulation circumstances cited cities citing citizens city
    civil claim claimed claiming claims class clean clear cleared clearing clearly clients
    climate climbed close closed closely closer closing closure club coach coal coalition coast
    code coffee cold collapse colleagues collection combat combination combined come comes
    comfortable coming comment commenting comments commerce commercial commission commissioner
    commitment commitments committed committee commodity common communications communities
    community companies company compared compares compensation compete competing competition
    competitive competitiveness competitors complained complaint complaints complete completed
    completely completion complex compliance comply components compromise computer computers
    concentrate concentrated concept concern concerned concerning concerns concluded condition
    conditions conduct conducted conference confidence confident confidential confirm confirmed
    conflict congressional connected connection consecutive consensus consequences conservative
    conservatives consider considerable considerably consideration considered considering
    consistent consistently consolidation consortium construction consultant consulting consumer
    consumers consumption contact contain contained contains content contest context continental
    continue continued continues continuing contract contracts contrast contribute contributed
    contribution control controlled controlling controls controversial controversy convention
    conversion convert converted convertible convinced cool cooperation cope copies copper copy
    core corporate corporation corporations correct cost costly costs council count counter
    countries country county couple coupled course court courts cover coverage covered covering
    covers crash create created creating creation credit creditor creditors credits crime
    criminal crisis criteria critical criticised criticism critics crop cross crown crucial
    crude cubic culture curb currencies currency current currently customer customers cuts
    cutting daily damage damaged damages damaging danger dangerous data date dates days dead
    deadline deal dealer dealers dealing dealings deals dealt death debate debt debts decade
    decide decided deciding decision decisions declared decline declined declines declining deep
    deeply default defeat defence defend defended defending deficit deficits defined definitely
    definition definitive degree delay delayed delays delegates deliver delivered delivery
    demand demanded demanding demands democratic denied deny department departments departure
    depend depending deposit depressed depth deputy described design designed desire destroyed
    detail detailed details determination determine determined develop developed developing
    development developments device devices died difference differences different difficult
    difficulties digital diplomatic direct directed direction directly director directors
    disappointed disappointing disaster discipline disclose disclosed disclosure discount
    discovered discovery discuss discussed discussion discussions disease dismissed display
    dispute distance distribute distributed distribution district divided dividend dividends
    division divisions document documents dollar dollars domestic dominated done door double
    doubled doubt doubts downturn downward draft dramatic draw drawing drawn drew drive driven
    driving drop dropped dropping drug drugs duties duty earlier early earn earned earning
    earnings earthquake ease eased easier easily east eastern easy economic economics economies
    economist economists economy edge edged education effect effective effectively effects
    efficiency efficient effort efforts eight elaborate elected election elections electric
    electrical electricity electronic electronics element elements eligible emerge emerged
    emergency emerging emphasis employed employee employees employers employment employs enable
    encourage encouraged encouraging ended ending ends energy enforcement engaged engine
    engineering engines enhance enjoy enjoyed enormous ensure ensuring enter entered entering
    enterprise enterprises entertainment entire entirely entitled entry environment
    environmental equal equally equipment equities equity equivalent especially essential
    establish established establishing estate estimate estimated estimates euro evening event
    events eventually evidence exact exactly examine example exceed exceeded excellent excess
    excessive exchange exchanges exchequer exclude excludes excluding exclusive executive
    executives exercise exist existing expand expanded expanding expansion expect expectations
    expected expecting expects expenditure expense expenses expensive experience experienced
    expert experts expire expires explain explained exploration explore export exporters
    exporting exports exposure express expressed extend extended extending extension extensive
    extent external extra extraordinary extremely face faced faces facilities facility facing
    fact factor factories factors factory fail failed failing failure fair fairly faith fall
    fallen falling falls false families family farm farmers fast faster favour favourable fear
    feared fears feature featured features federal federation feed feel feeling feels fees feet
    fell fellow felt field fields fifth fight fighting figure figures file filed filing fill
    film films final finally finance finances financial financially financing find finding
    findings fine finish finished fire fired firm firmly firms fiscal fish five fixed flat
    flexibility flexible flight flights floating floor flow flying focus focused focusing follow
    followed follows food foot force forced forces forcing forecast forecasts foreign form
    formal formally formed formerly forms forthcoming forum forward found foundation founded
    founder four fourth francs frank fraud free freedom freeze fresh friendly friends front
    frozen fuel full fully functions fund fundamental funded funding funds future futures gain
    gained gains game games gaming gave general generally generate generated generation gets
    getting giant give given gives giving global goal goals goes going gold golden gone good
    goods governing government governments governor grace grade gradually grand grant granted
    graphics great greater greatest green grew gross ground grounds group groups grow growing
    grown growth guarantee guaranteed guidelines guilty half halt halted hand handed handle
    handling hands happen happened happening happens happy hard harder hardly hardware harm head
    headed heading headquarters heads health healthy hear heard hearing heart heavily heavy held
    help helped helping high higher highest highly highs history hold holder holders holding
    holdings holds holiday home homes honour hope hoped hopes hoping hospital hospitals host
    hotel hotels hour hours house household houses housing huge human hundreds hurt idea ideas
    identified identify ignored illegal image immediate immediately impact implement
    implementation implemented implications import importance important imported imports impose
    imposed impossible impressive improve improved improvement improvements improving inadequate
    incentive incentives incident include included includes including income incomes increase
    increased increases increasing increasingly independence independent index indicate
    indicated indication individual individuals industrial industrialised industries industry
    inflation influence informal information informed infrastructure initial initially
    initiative initiatives injured injuries injury innovative inquiry insider insist insisted
    installed instance institute institution institutions instruments insurance integrated
    intelligence intend intended intends intent intention intentions inter interest interested
    interesting interests interim internal international internationally intervention interview
    introduce introduced introducing introduction invest investigate investigating investigation
    investing investment investments investor investors invited involve involved involvement
    involves involving iron island issue issued issues issuing items jail jobs join joined
    joining joint jointly journalists judge judgement jump jumped junior jury justice keen keep
    keeping kept killed kind kingdom knew know knowledge known knows laboratory labour lack laid
    land language large largely larger largest late latest launch launched launching laws
    lawsuit lawsuits lawyer lawyers lead leader leaders leadership leading leads league learn
    leave leaves leaving left legal legislation lenders lending letter level levels liabilities
    liberal licences licensing life lift lifted light like likely limit limited limits line
    lines link linked links liquid list listed listing lists litigation live lived lives living
    load loan loans local lock long longer look looked looking looks lord lose losing loss
    losses lost love lower lowered lowest lows machine machines made magazine mail main mainly
    maintain maintained maintaining maintenance major majority make maker makers makes making
    manage managed management manager managers managing manner manufactured manufacturer
    manufacturers manufacturing marathon margin margins mark marked market marketed marketing
    markets marks mass massive match matches material materials matter matters maturity maximum
    mean meaning means meant meanwhile measure measured measures media medical medium meet
    meeting meetings meets member members membership memory mentioned merchant merge merged
    merger message metal method methods metropolitan middle midnight mile miles military million
    millions mills mind mini minimum mining minister ministers ministry minority minus minute
    minutes miss missed missing mission mistake mixed mobile model models moderate modern modest
    moment momentum monetary money monitor monitoring month monthly months morning mortgage
    motion motor mountain move moved movement movements moves movie moving multi multiple music
    mutual name named names narrow nation national nations nationwide natural nature nearby
    necessarily necessary need needed needs negative negotiate negotiated negotiating
    negotiations nervous network networks newly news newspaper newspapers night nine nominated
    nomination normal normally north northern note noted notes notice noting nuclear number
    numbers objective obligations obtain obtained obvious obviously occur occurred offensive
    offer offered offering offerings offers office officer officers offices official officially
    officials offset offshore older ones ongoing open opened opening opens operate operated
    operates operating operation operations operator operators opinion opportunities opportunity
    oppose opposed opposition optimism optimistic option options orange order ordered orders
    ordinary organisation organisations organised origin original originally outcome outlined
    outlook output outright outstanding overall overcome overnight overseas owed owned owner
    owners ownership owns pace package pact page paid panel paper papers parent park parliament
    parliamentary part participants participate participation particular particularly parties
    partly partner partners partnership parts party pass passage passed passenger passengers
    passing past patent pattern paying payment payments pays peace peak penalties penalty pence
    pending pension pensions people percentage perform performance performances performed
    performing period periods permanent permission permitted person personal personally
    personnel persuade petroleum pharmaceutical phase phone physical pick picked picking picture
    pictures pilot pipeline place placed places plan planes planned planning plans plant plants
    platform play played player players playing pleased pledge pledged point pointed points
    police policies policy political politically politicians politics poll polls poor popular
    popularity population port portfolio portion position positions positive possibility
    possible possibly post posted postponed potential potentially pound pounds poverty power
    powerful powers practice practices praised predict predicted predictions prefer preference
    preferred preliminary premier premium preparation prepare prepared preparing presence
    present presented president presidential press pressing pressure pressures pretty prevent
    preventing previous previously price priced prices pricing primarily primary prime principal
    principle prior priority private privately privatisation probably problem problems
    procedures proceedings proceeds process processing processors produce produced producer
    producers produces producing product production products professional professor profile
    profit profitability profitable profits program programme programmes programs progress
    project projected projects promise promised promises promising promote promoting prompted
    proper properly properties property proportion proposal proposals propose proposed prospect
    prospects protect protected protection protest protests prove proved provide provided
    provides providing province provision provisional provisions public publication publicly
    published publishing pull pulled purchase purchased purchases purchasing purpose purposes
    pursue push pushed pushing putting qualified quality quarter quarterly quarters question
    questioned questions quick quickly quiet quit quota quotas quoted race radical radio rain
    raise raised raising rally range ranging rapid rapidly rate rated rates rating ratings reach
    reached reaching react reacted reaction read reading ready real realistic reality reason
    reasonable reasons receive received receiving recent recently recession recognise recognised
    recognition recommended record recorded recording records recover recovered recovery
    redemption reduce reduced reducing reduction reductions reference referred referring reflect
    reflected reflecting reflects reform reforms refused regarding regime region regional
    regions registered registration regular regularly regulation regulations regulators
    regulatory reiterated reject rejected related relating relations relationship relative
    relatively release released relief reluctant rely remain remainder remained remaining
    remains remarks remove removed renewed repay repayments repeated repeatedly replace replaced
    replacement replacing replied report reported reportedly reporters reporting reports
    represent representative representatives represented representing represents republic
    reputation request requested requests require required requirement requirements requires
    requiring research reserve reserves resignation resigned resolution resolve resolved resort
    resources respect respectively respond responded responding response responsibility
    responsible rest restore restricted restrictions restructure restructuring result resulted
    resulting results resume retail retailers retain retained retire retired retirement return
    returned returning returns reveal revealed revenue revenues reverse review reviewed
    reviewing reviews revised rice rich right rights rise risen rises rising risk risks rival
    rivals river road rock role roll room rose roughly round route routine rubber rule ruled
    rules ruling rumours running runs rupees rural rush safe safety said sale sales sanctions
    satellite satisfied save saved saving savings saying says scale scandal scene schedule
    scheduled scheme schemes school science scope scored screen search season seasonal
    seasonally seat seats secondary secret secretary section sector sectors secure secured
    securities security seed seeing seek seeking seeks seem seemed seems seen sees select
    selected self sell selling semi send sending senior sense sensitive sent sentiment separate
    separately series serious seriously serve served service services serving session sessions
    sets setting settle settled settlement seven seventh severe shadow shape share shared
    shareholder shareholders shares sharing sharp sharply sheet shift ship shipments shipped
    shipping ships shock shop shopping shops short shortage shortfall shortly shot show showed
    showing shown shows shut side sides sign signal signals signed significant significantly
    signing signs silver similar similarly simple simply singer single site sites situation
    sixth size sized skills slide slight slightly slipped slow slowdown slowed slower slowing
    slowly sluggish slump small smaller snow social society soft software sold sole solid
    solution solutions solve somewhat sophisticated sort sought sound source sources south
    southern space sparked speak speaker speaking special specialist specific specifically
    speculation speech speed spell spend spending spent spin spirit split spoke spokesman
    spokeswoman sport sports spot spread spring square stability stable staff stage staged
    stages stake stance stand standard standards standing stands star start started starting
    starts state stated statement statements states station stations statistics status stay
    steadily steady steel step stepped steps sterling stick stimulate stock stocks stood stop
    stopped storage store stores story straight strategic strategy street strength strengthen
    strengthened stress stressed strike strikes striking strong stronger strongly struck
    structure struggle struggling studies study studying style subject submit submitted
    subscribers subsequent subsidiary subsidies substantial substantially succeed success
    successful successfully successive sued suffer suffered suffering sufficient sugar suggest
    suggested suggesting suggestions suggests suit summer summit super supplied supplier
    suppliers supplies supply support supported supporters supporting supports sure surface
    surge surplus surprise surprised surrounding survey suspend suspended suspension sustain
    sustained swap switch system systems table tackle take taken takeover takes taking talk
    talked talking talks tape target targeted targets tariffs task taxes team teams tech
    technical technologies technology telecommunications telephone television telling
    temporarily temporary tend tender term terms territory terrorism test tested testing tests
    text thanks think thinking thinks thirds thought thousands threat threatened threatening
    threats three ties tight time times timing title titles today told tomorrow tonnes took tool
    tools topped total totalled totalling totally touch tough tour town track trade traded
    trader traders trading traditional traditionally traffic training transaction transactions
    transfer transferred transport transportation travel treasury treated treatment trend trends
    trial trials tried tries trigger triggered trillion trip triple troops trouble troubled true
    trust trying turn turned turning turnover type types ultimate ultimately unable unacceptable
    uncertain uncertainty unchanged underground underlying understand understanding understood
    undisclosed unemployment unfair union unions unit units universal university unlikely
    unnamed unusual unveiled upgrade upper upward urged urging useful user users uses using
    usual utilities utility value valued values variety various vast vehicle vehicles venezuela
    venture ventures version versions veteran veto vice victims victory video view views
    violated violations violence virtual virtually virus vision visit visited visiting vital
    voice volume voluntary vote voted voters votes voting vulnerable wage wages wait waiting
    wake want wanted wants warm warned warning waste watch watching water wave ways weak weaker
    weakness weapons weather week weekend weekly weeks weight welcome welcomed wells went
    western white wholesale wholly wide widely wider widespread wife willing willingness window
    wing winner winners winning winter wireless wish withdraw withdrawal withdrawn withdrew
    women wood word words work worked workers workforce working works world worldwide worried
    worries worry worth write writing written wrong wrote year years yesterday young zero zone
    """
)
_SPANISH = words(
    """
    abrieron academicos accion aceptacion aceptar acero activo activos actua actual actualidad
    acuerdo adicional adicionales administracion agua aire alberga alcanzan alcanzo aleman algas
    alrededor alta altas amplia amplias amplio analisis ancho animales anos antenas anterior
    anteriores anteriormente antiguas antiguo antiguos anuncio aparentemente aparte aplicacion
    apoyar apoyo aproximadamente area areas armadas arquitectura arte articulo articulos
    asegurar asentamiento asentamientos aspectos atlantica atletismo atras audiencia aumentando
    aumentar aumento automoviles autor autoridad autoridades ayuda ayudar baja bandas barrio
    basa basada basado base blanco blancos borde bosque bosques britanico britanicos brotes
    cabeza cabo cadena calentamiento camara cambiaron cambio cambios camino campana campanas
    campo campos campus canadienses canales cantidad carbon carbono cargo carrera carretera caso
    casos categoria causa causada causaron celulas centra central centrales centro centros chino
    chinos ciclo ciencia cientificos ciento cientos cinco cita ciudad ciudades civil civiles
    clara clase clases cloroplasto cloroplastos codigo coleccion colonia colonial coloniales
    colonos combinacion combustion comenzaron comenzo comercial comerciales comercio comienza
    comienzo comite compania companias comparacion complejidad complejo completa completamente
    completo comportamiento comprende compuesto comun comunes comunidad comunidades concepto
    concluyo condado condujo conexion conflicto congregaciones conjunto conoce conocida conocido
    conocidos conocimiento conseguir considera consiguio consiste constantemente construccion
    construido construir construyo consulta consumo contenido contiene continente continuo
    contratistas contrato control conversion convertido convertirse convirtieron convirtio corte
    corto cosas creacion creado crecido creciente crecimiento cree creen creia creo crisis
    cristianos ctenoforos cuadradas cuadrados cuatro cubre cuenta cuerpo cuerpos cuestion
    cuestiones cultura cultural cuyas datos debate debe deben debido decada decir decision
    declaracion declaro dedican defensa defensor definicion demanda demostro derecha derecho
    derechos desarrollado desarrollar desarrollo descendientes describe desigualdad
    desobediencia desobedientes destruido dice diciembre diez diferencia diferencias diferente
    diferentes dificil dijo dinastia dinero direccion directa directamente director disenada
    diseno disposicion disposiciones division dolares dominio economia economica economico
    economista edad edificio edificios educacion efecto efectos eficiencia ejecutivo ejemplo
    ejemplos ejercito eleccion elecciones electrica electricas electricidad electrico elegido
    elementos embargo emperador empresa empresas encontrado encontrar encuentra encuentran
    energia enero enfermedad enfermedades entero enteros entrada enviado envio epidemias equipo
    equipos erroneamente escala escoces escribio escrito escuela escuelas esencial esfuerzo
    espaciales espacio espacios especial especiales especialmente especies estaban establece
    establecer establecieron establecio estaciones estado estadounidense estadounidenses
    estandar estandares estar estatal esten estilo estilos estructura estudiantes estudio
    estudios estuvo europeos eventos evidencia evitar evolucion exige existen existencia exito
    expansion experiencia explicar extendio extension exterior externa extiende extremadamente
    extremo fabricacion falta familia familias famosa famoso farmaceuticos febrero filas final
    finales finalmente financiar financiera firma firmas fondo forma formacion formalmente
    forman formar formas formo fosiles frances francesa francesas franceses frente fuerte fuerza
    fuerzas funcion funcionarios funciones fundamentales futbol ganado ganar gano garantizar
    general generales generalizada generalizado generalmente genes gestion global globales
    gobernador gobierno gobiernos grado gran grande grandes griego grupo grupos gubernamentales
    guerras haber habitantes habla hace hacen hacer hacerlo haya hecha hecho hicieron hielo
    hipotesis historia historiador historias hizo hogar hombre hombres honor hubiera hubo
    huesped hugonotes humano idea ideas identidad igual igualdad imagen imagenes impacto
    imperial imperialismo imperio implica importancia importante importantes impuestos incluida
    incluir incluye incluyen independiente independientes indican indio individuales industria
    inferior influencia informe informo ingenieros ingles inglesa ingresos iniciar inmunologico
    inspeccion instalaciones instancia instituciones intencion intento interes interior interna
    internacional internas introdujeron invasion investigacion investigaciones jovenes lado
    lanzada lanzo larga largo legal legislacion legislativa lengua leyes libre libro lider liga
    ligeramente limitada limitados linajes linea lineas lista llama llamada llamadas llamado
    llega llegar llegaron lleva llevar llevo local locales logrado lograr lugar lugares maestro
    mando manera manos mantuvo maquina maquinas marco marzo masa maxima maximo mayo mayor
    mayores mayoria media mediados medicamentos medicina medico medicos medida medidas
    medievales membrana menor menores menudo mercado mercados mesa meses metodo metodos
    metropolitana mezcla miembro miembros militar militares millas millones ministerio ministro
    ministros mitad modelo modelos moderna modernas modernos modo moleculas momento mongola
    mongoles montanas mostraron motor motores movimiento movimientos muerte muestra muestran
    mueve mundo museo musica musulmanes nacionales naciones natural necesaria necesario
    necesidad negocios negro nieve ninos nivel niveles nombre nombres nombro normal normalmente
    normandos normas noroeste norte nuclear nucleo nuevas nueve nuevo nuevos numero numeros
    numerosas numerosos objetivo objetivos objeto objetos obra obras obtener ocasiones
    occidental occidentales ocho octubre oeste oficial opinion opiniones opuesta orden ordenador
    organismos organizacion organo origen original originales originalmente oxigeno pacientes
    padre pais paises palabra papel paquetes parte partes participacion participar particular
    particularmente partidos partir pasado paso patentes peliculas pensamiento penso pequena
    pequenas pequeno pequenos periodo periodos permite permitio persona personas pesar peste
    peticion petroleo pies plaga planeta plantas plantea plataforma poblacion poblaciones
    pobreza poder podia podian podria podrian polaco politica politicas politico politicos poner
    popular posible posiblemente posibles posicion posterior potencia practica practicamente
    precios premio preocupacion presencia presentar presente presidente presidentes presion
    primaria primer primera primeras primero primeros primo primos principal principales
    principalmente principio principios privada privadas probablemente problema problemas
    proceso produccion produce producir producto produjo profesional profesionales programa
    programacion programas promover propago propiedad proporcion proporciona proporcionar
    propuso proteccion protocolo proyecto proyectos prueba pruebas publica publicas publico
    publicos pudo pueblo pueda puede pueden puente puertas punto puntos radio rama rapida
    rapidamente rapido razon real realidad receptores reciben recibio recien reciente record
    recurrentes redes reduccion referendum refiere region registro reinado relacion relacionadas
    relacionados relaciones religion religiosa religiosas rendimiento repetidamente representa
    requisitos resolver respecto responsabilidad responsable respuesta resto restos
    restricciones resultado revision revista rival rocas rojas salud seccion sector secuencia
    secundaria secundarias sede seguido segunda segundo seguridad seis selva sentido sera seria
    serie servicio servicios setenta sido siendo siglas siglo significa sigue siguen siguiente
    siguientes siguio similar simple simplemente sirven sistema sistemas sitio situadas social
    sociales sociedades soldados suele suelen suficiente sufrio sugiere suministrar superficie
    superior suroeste tamano tasa tasas teatro television temperatura temperaturas temporada
    temporales temprana tendencia tener tengan tenia tenian tenido tentaculos teoria teorias
    tercer termino terrestre terrestres territorio tiempo tienden tierra tierras tipo tipos
    titulado titulo total trabajan trabajo trabajos tradicional tradicionales traduccion
    transmision transporte tratamiento traves treinta tres tribus tripulado tropas tropical
    tuvieron tuvo ultima ultimo ultimos unica unico unidades universidades urbana urbano usado
    usan usando usar utiliza utilizando utilizar vapor variedad vegetacion vehiculo velocidad
    verano verdes version vias vicepresidente vida video virtud vivienda viviendo volumen voto
    vuelo zona zonas
    """
)
USUAL = _ENGLISH | _SPANISH
