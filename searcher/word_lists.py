"""The usual words of English and Spanish, folded as the analyzer folds them.

The English ones are the 3,500 that are usual in both halves of the news that bench/README.md
describes (Reuters 1987, BBC 2004-5), by the product of the shares of articles that have them. The
Spanish ones are in at least three paragraphs of XQuAD (Artetxe et al. 2020). Left out are words of
under four letters, those that are nearly always written with a capital, and small words, which
`usual_words.py` has.
"""

from __future__ import annotations

from backstory.engine.languages import words

_ENGLISH = words(
    """
    abandoned ability able abroad absence absolute absolutely abuse accept acceptable acceptance
    accepted accepting access accident accompanied according account accounted accounting
    accounts accurate accused achieve achieved achievement achieving acknowledged acquire
    acquired acquisition acquisitions acted acting action actions active actively activities
    activity acts actual actually added adding addition additional address adds adequate
    adjusted adjustments administration administrative admitted adopt adopted adoption advance
    advanced advances advantage advertising advice advised adviser advisers advisor advisory
    aerospace affair affairs affect affected affecting affects affiliate afford afraid afternoon
    afterwards agencies agency agenda agent agents aggressive aggressively agree agreed
    agreement agreements agricultural agriculture ahead aimed aiming aims aircraft airline
    airlines airport allegations alleged allegedly alliance allied allies allow allowed allowing
    allows alongside alternative alternatives ambassador amendment amid amount amounted amounts
    analysis analyst analysts anger angry anniversary announce announced announcement
    announcements announcing annual annually answer anti anticipated apart apparent apparently
    appeal appealed appeals appear appearance appeared appears application applications applied
    apply appointed appointment approach approached appropriate approval approvals approve
    approved approximately arbitration area areas argue argued argues arguing argument arguments
    arms army arrange arranged arrangement arrangements arrest arrested arrival arrived article
    aside asked asking aspects assembly assess assessment asset assets assigned assist
    assistance assistant associate associated associates association assume assumed assuming
    assured atmosphere attached attack attacked attacking attacks attempt attempted attempting
    attempts attend attended attending attention attitude attorney attract attracted attractive
    attributed auction audience audio audit auditors authorities authority auto automatic
    automatically automotive autumn availability available average averaged aviation avoid
    avoided avoiding awaiting award awarded awards aware baby back backed background backing
    backs badly balance balanced balances ball band bank bankers banking bankrupt bankruptcy
    banks banned barred barrel barrels barrier barriers base based basic basically basis battle
    bear bearing beat beaten became become becomes becoming beef began begin beginning begins
    begun behalf behaviour belief believe believed believes benchmark beneficial benefit
    benefits best better bidding bids bigger biggest bilateral bill billion billions bills
    binding black blame blamed block blocked blocking blocks blood blow blue board boards bodies
    body bomb bond bonds bonus book booked books boom booming boost boosted boosting border
    borrow borrowing boss bottom bought bound branch branches brand brands breach breached break
    breakdown breaking breaks breakthrough bridge brief briefing bring bringing brings broad
    broadcast broadcasting broke broken broker brokerage brokers brought budget build building
    buildings built bulk bullish burden bureau business businesses buyer buyers buying buyout
    cabinet cable calculated calculations calendar call called calling calls calm came cameras
    camp campaign campaigning cancel cancelled cancer candidate candidates capabilities
    capability capable capacity capital card cards care career careful carefully carried carrier
    carriers carries carry carrying cars case cases cash cast categories category cattle caught
    cause caused causes causing cautioned cautious ceiling cent center central centre centres
    cents century ceremony certain certainly certificate chain chairman challenge challenged
    challenges challenging chamber champion chance chancellor chances change changed changes
    changing channel channels chapter character charge charged charges charging chart chase
    cheap cheaper check checks chemical chemicals chief child children chip chips choice choose
    chose chosen circuit circulation circumstances cited cities citing citizens city civil claim
    claimed claiming claims clash class classes classic clean clear cleared clearing clearly
    client clients climate climbed close closed closely closer closing closure clothing club
    coach coal coalition coast coastal code coffee cold collapse collapsed colleagues collect
    collection colour combat combination combine combined come comes comfortable coming command
    comment commented commenting comments commerce commercial commission commissioned
    commissioner commit commitment commitments committed committee commodity common
    communication communications communist communities community companies company compared
    compares comparison compatible compensation compete competing competition competitive
    competitiveness competitor competitors complained complaint complaints complete completed
    completely completion complex compliance comply component components comprehensive
    compromise computer computers conceded concentrate concentrated concept concern concerned
    concerning concerns concluded concrete condition conditions conduct conducted conference
    confidence confident confidential confirm confirmation confirmed conflict congressional
    connect connected connection connections consecutive consensus consequences conservative
    conservatives consider considerable considerably consideration considered considering
    consistent consistently consolidation consortium constant constitutional construction
    consultant consultation consulting consumer consumers consumption contact contacted contain
    contained containing contains content contest context continental continue continued
    continues continuing contract contracts contrary contrast contribute contributed
    contribution contributions control controlled controlling controls controversial controversy
    convention conventional conversion convert converted convertible convinced cool cooperation
    cope copies copper copy core corporate corporation corporations correct cost costly costs
    cotton council count counter counterparts countries country county couple coupled course
    court courts cover coverage covered covering covers crash create created creating creation
    creative credibility credit creditor creditors credits crime criminal crisis criteria
    critical criticised criticism critics crop cross crown crucial crude cubic culture curb
    currencies currency current currently customer customers customs cuts cutting cycle daily
    dairy damage damaged damages damaging danger dangerous dark data date dates days dead
    deadline deal dealer dealers dealing dealings deals dealt death debate debt debts decade
    decades decide decided deciding decision decisions declared decline declined declines
    declining dedicated deep deeply default defeat defeated defence defend defended defending
    defensive deficit deficits defined definitely definition definitive degree delay delayed
    delays delegates delegation deliver delivered deliveries delivery demand demanded demanding
    demands democratic demonstrated denied deny department departments departure depend
    dependent depending depends deposit depressed depth deputy deregulation described design
    designed desire desktop desperate destroyed destruction detail detailed details
    deterioration determination determine determined develop developed developer developing
    development developments device devices died difference differences different difficult
    difficulties difficulty digital diplomatic dipped direct directed direction directly
    director directors disappointed disappointing disaster discipline disclose disclosed
    disclosure discount discovered discovery discuss discussed discussing discussion discussions
    disease dismissed display disposal dispute distance distribute distributed distribution
    distributor distributors district divided dividend dividends division divisions document
    documents dollar dollars domestic dominated done door doors double doubled doubt doubts
    downturn downward draft dramatic dramatically draw drawing drawn drew drive driven drives
    driving drop dropped dropping drug drugs dual duties duty earlier early earmarked earn
    earned earning earnings earth earthquake ease eased easier easily easing east eastern easy
    economic economics economies economist economists economy edge edged education effect
    effective effectively effects efficiency efficient effort efforts eight eighth elaborate
    elected election elections electoral electric electrical electricity electronic electronics
    element elements eligible eliminate embassy emerge emerged emergency emerging emphasis
    employed employee employees employers employment employs enable encourage encouraged
    encouraging ended ending ends energy enforcement engage engaged engine engineering engines
    enhance enjoy enjoyed enormous ensure ensuring enter entered entering enterprise enterprises
    entertainment entire entirely entitled entry environment environmental equal equally
    equipment equities equity equivalent especially essential establish established establishing
    estate estimate estimated estimates euro evaluate evening event events eventually evidence
    exact exactly examine examining example exceed exceeded excellent excess excessive exchange
    exchanges exchequer exciting exclude excluded excludes excluding exclusive executive
    executives exercise exist existence existing expand expanded expanding expansion expect
    expectations expected expecting expects expenditure expense expenses expensive experience
    experienced expert experts expire expired expires explain explained explaining exploration
    explore export exported exporters exporting exports exposed exposure express expressed
    extend extended extending extension extensive extent external extra extraordinary extreme
    extremely face faced faces facilities facility facing fact factor factories factors factory
    fail failed failing fails failure fair fairly faith fall fallen falling falls false familiar
    families family farm farmers fast faster fastest favour favourable fear feared fears feature
    featured features federal federation feed feel feeling feels fees feet fell fellow felt
    field fields fierce fifth fight fighting figure figures file filed files filing fill filled
    film films final finally finance financed finances financial financially financing find
    finding findings fine fines finish finished fire fired firm firmly firms fiscal fish five
    fixed flag flat fleet flexibility flexible flight flights floating floor flow flying focus
    focused focusing follow followed follows food foods foot football force forced forces
    forcing forecast forecasts foreign forest form formal formally format formed formerly forms
    formula forthcoming forum forward foster fought found foundation founded founder four fourth
    framework francs frank fraud free freedom freeze fresh friend friendly friends front frost
    frozen frustration fuel fuelled full fully function functions fund fundamental fundamentals
    funded funding funds future futures gain gained gaining gains game games gaming gathered
    gathering gave general generally generate generated generating generation genuine gets
    getting giant give given gives giving glass global globe goal goals goes going gold golden
    gone good goods governing government governments governor grace grade gradually grand grant
    granted graphics great greater greatest greatly green grew gross ground grounds group groups
    grow growing grown growth guarantee guaranteed guarantees guard guidance guidelines guilty
    half hall halt halted hand handed handle handled handling hands happen happened happening
    happens happy hard harder hardly hardware harm head headed heading headquarters heads health
    healthy hear heard hearing heart heat heavily heavy held help helped helping high higher
    highest highlighted highly highs hike historic historical history hitting hold holder
    holders holding holdings holds holiday home homes honour hope hoped hopeful hopefully hopes
    hoping hospital hospitals host hostile hotel hotels hour hours house household households
    houses housing huge human hundred hundreds hurt idea ideal ideas identified identify ignore
    ignored illegal illegally image imbalances immediate immediately impact implement
    implementation implemented implications import importance important imported imports impose
    imposed impossible impressed impression impressive improve improved improvement improvements
    improving inadequate incentive incentives inch incident include included includes including
    income incomes increase increased increases increasing increasingly indefinitely
    independence independent index indicate indicated indication indicators individual
    individuals industrial industrialised industries industry inflation inflationary influence
    influential informal information informed infrastructure initial initially initiative
    initiatives injection injunction injured injuries injury innovative inquiry insider insist
    insisted install installed instance institute institution institutions instructions
    instruments insurance integrated integration intelligence intend intended intends intense
    intent intention intentions inter interactive interest interested interesting interests
    interim internal international internationally intervened intervention interview introduce
    introduced introducing introduction invest invested investigate investigating investigation
    investigations investing investment investments investor investors invited involve involved
    involvement involves involving iron island issue issued issues issuing item items jail jobs
    join joined joining joint jointly journal journalists judge judgement judgment jump jumped
    junior jury justice justified keen keep keeping kept killed kind kingdom knew know knowledge
    known knows labor laboratories laboratory labour lack laid lake land lane language large
    largely larger largest late latest launch launched launching laws lawsuit lawsuits lawyer
    lawyers lead leader leaders leadership leading leads league learn leave leaves leaving left
    legal legally legislation legitimate lender lenders lending length letter letters level
    levels levy liabilities liberal liberty licence licences license licensed licensing lies
    life lift lifted lifting light like likely limit limited limiting limits line lines link
    linked linking links liquid list listed listen listing lists litigation live lived lives
    living load loan loans local location locations lock long longer look looked looking looks
    lord lose losing loss losses lost love lower lowered lowest lows lucky lucrative luxury
    machine machinery machines made magazine mail main mainly maintain maintained maintaining
    maintenance major majority make maker makers makes making manage managed management manager
    managers managing mandatory manner manufactured manufacturer manufacturers manufacturing
    marathon margin marginal margins mark marked market marketed marketing markets marks mass
    massive match matches material materials matter matters mature maturity maximum mean meaning
    means meant meanwhile measure measured measures mechanism media medical medium meet meeting
    meetings meets member members membership memory mention mentioned merchant merely merge
    merged merger message messages metal method methods metres metropolitan micro middle
    midnight mile miles military million millions mills mind mini minimum mining minister
    ministerial ministers ministry minor minority minus minute minutes miss missed missing
    mission mistake mixed mobile model models moderate modern modest moment momentum monetary
    money monitor monitoring month monthly months mood moratorium morning mortgage motion motor
    mountain mounting move moved movement movements moves movie moving multi multiple music
    mutual name named names narrow nation national nations nationwide natural nature nearby
    necessarily necessary need needed needs negative negotiate negotiated negotiating
    negotiations nervous network networks newly news newspaper newspapers night nine nominated
    nomination normal normally north northern notably note noted notes notice noting novel
    nuclear number numbers numerous objective objectives obligation obligations observers obtain
    obtained obvious obviously occur occurred offensive offer offered offering offerings offers
    office officer officers offices official officially officials offset offshore older ones
    ongoing open opened opening opens operate operated operates operating operation operational
    operations operator operators opinion opportunities opportunity oppose opposed opposition
    optimism optimistic option options orange order ordered orders ordinary organisation
    organisations organised origin original originally outcome outlined outlook output outright
    outstanding overall overcome overhaul overnight overseas owed owned owner owners ownership
    owns pace pack package pact page paid panel paper papers parent park parliament
    parliamentary part partial partially participants participate participation particular
    particularly parties partly partner partners partnership parts party pass passage passed
    passenger passengers passing past patent path patients pattern paying payment payments pays
    peace peak penalties penalty pence pending pension pensions people percent percentage
    perception perfectly perform performance performances performed performing period periods
    permanent permission permit permitted person personal personally personnel persuade petition
    petrol petroleum pharmaceutical phase phone physical pick picked picking picture pictures
    piece pilot pipeline place placed places placing plan plane planes planned planning plans
    plant plants platform play played player players playing plays pleaded pleased pledge
    pledged pledges plenty plunged point pointed pointing points police policies policy
    political politically politicians politics poll polled polls poor poorest popular popularity
    population port portable portfolio portion ports posed position positions positive
    possibility possible possibly post posted postponed potential potentially pound pounds
    poverty power powerful powers practical practice practices praised precious predict
    predicted predictions predicts prefer preference preferred preliminary premier premium
    preparation prepare prepared preparing presence present presented presidency president
    presidential press pressed pressing pressure pressures pretty prevent prevented preventing
    previous previously price priced prices pricing primarily primary prime prince principal
    principle principles print printing prior priority prison private privately privatisation
    probably probe problem problems procedures proceed proceedings proceeds process processed
    processing processor processors produce produced producer producers produces producing
    product production productive productivity products professional professor profile profit
    profitability profitable profits program programme programmes programs progress project
    projected projects promise promised promises promising promote promoting promotion prompted
    promptly proof prop proper properly properties property proportion proposal proposals
    propose proposed proposes prosecution prosecutors prospect prospective prospects protect
    protected protecting protection protest protests prove proved provide provided provides
    providing province provision provisional provisions public publication publicly publish
    published publisher publishing pull pulled purchase purchased purchases purchasing purpose
    purposes pursue push pushed pushing puts putting qualified qualify quality quarter quarterly
    quarters question questioned questions quick quickly quiet quit quota quotas quoted race
    radical radio rail rain raise raised raising rally range ranges ranging ranking rapid
    rapidly rare rate rated rates rating ratings reach reached reaching react reacted reaction
    read reading ready real realise realistic reality reason reasonable reasons rebuild recall
    receive received receiving recent recently reception recession recognise recognised
    recognition recommend recommendation recommendations recommended record recorded recording
    records recover recovered recovery redemption reduce reduced reducing reduction reductions
    reference referred referring refined refining reflect reflected reflecting reflects reform
    reforms refuse refused refusing regard regarded regarding regime region regional regions
    register registered registration regular regularly regulation regulations regulators
    regulatory reiterated reject rejected related relating relation relations relationship
    relative relatively release released reliance relief reluctant rely remain remainder
    remained remaining remains remarks remember remote removal remove removed renewed repay
    repayments repeated repeatedly replace replaced replacement replaces replacing replied
    report reported reportedly reporters reporting reports represent representation
    representative representatives represented representing represents republic reputation
    request requested requests require required requirement requirements requires requiring
    rescue research researchers reserve reserves residents resign resignation resigned resist
    resistance resolution resolve resolved resort resource resources respect respectively
    respond responded responding response responsibility responsible rest restore restricted
    restrictions restructure restructuring result resulted resulting results resume retail
    retailer retailers retain retained retire retired retirement return returned returning
    returns reveal revealed revenue revenues reverse review reviewed reviewing reviews revised
    rice rich right rights ring rise risen rises rising risk risks rival rivals river road rock
    role roll room rose roughly round route routes routine rubber rule ruled rules ruling
    rumours running runs rupees rural rush safe safety said salary sale sales sanctions
    satellite satisfied save saved saving savings saying says scale scandal scene sceptical
    schedule scheduled scheme schemes school schools science scientists scope score scored scrap
    screen screens scrutiny search season seasonal seasonally seat seats secondary seconds
    secret secretary section sector sectors secure secured securities security seed seeing seek
    seeking seeks seem seemed seems seen sees select selected self sell sellers selling sells
    semi send sending senior sense sensitive sent sentence sentiment separate separately series
    serious seriously serve served service services serving session sessions sets setting settle
    settled settlement seven seventh severe severely shadow shake shape share shared shareholder
    shareholders shares sharing sharp sharply sheet shelf shift ship shipments shipped shipping
    ships shock shop shopping shops short shortage shortages shortfall shortly shot show showed
    showing shown shows shut side sides sight sign signal signals signed significant
    significantly signing signs silver similar similarly simple simply simultaneously singer
    single sinking site sites sitting situation sixth size sized skills slide slight slightly
    slipped slow slowdown slowed slower slowing slowly sluggish slump small smaller snow soared
    soaring social society soft software sold sole solid solution solutions solve somewhat sons
    sophisticated sort sought sound source sources south southern space spare sparked speak
    speaker speaking special specialist specific specifically speculated speculation speech
    speed spell spend spending spent spin spirit split spoke spoken spokesman spokeswoman sport
    sports spot spread spreading spring square stabilise stability stable staff stage staged
    stages stake stance stand standard standards standing stands star start started starting
    starts state stated statement statements states station stations statistics status stay
    stayed steadily steady steel step stepped stepping steps sterling stick stiff stimulate
    stock stocks stood stop stopped storage store stores story straight strategic strategy
    stream street streets strength strengthen strengthened strengthening stress stressed strict
    strike strikes striking strong stronger strongest strongly struck structural structure
    struggle struggling students studies study studying style subject submit submitted
    subscribers subscription subsequent subsequently subsidiary subsidies substantial
    substantially succeed succeeded success successful successfully successive successor
    suddenly sued suffer suffered suffering sufficient sugar suggest suggested suggesting
    suggestion suggestions suggests suit suitable summer summit super superior supplied supplier
    suppliers supplies supply support supported supporters supporting supports supposed sure
    surface surge surged surplus surprise surprised surrounding survey survive suspected suspend
    suspended suspension suspicion sustain sustained swap sweet switch switched symbol system
    systems table tackle tactics take taken takeover takes taking talk talked talking talks tank
    tape target targeted targets tariff tariffs task taxation taxes team teams tech technical
    technically techniques technologies technology telecommunications telephone televised
    television telling temporarily temporary tend tender tensions term terms territory terrorism
    test tested testimony testing tests text textiles thanks theme thin think thinking thinks
    thirds thought thousands threat threaten threatened threatening threats three throw thrown
    tied ties tight tightening time times timing title titles tobacco today told tomorrow tone
    tonight tonnes took tool tools topped total totalled totalling totally touch tough tour town
    track trade traded trader traders trades trading traditional traditionally traffic training
    transaction transactions transfer transferred transmission transport transportation travel
    travelling treasury treat treated treatment treaty tremendous trend trends trial trials
    tried tries trigger triggered trillion trip triple troops trouble troubled truck true trust
    trying turn turnaround turned turning turnover type types typical typically ultimate
    ultimately unable unacceptable unavailable uncertain uncertainty unchanged unclear
    underground underlying undermine understand understanding understood underway undisclosed
    unemployment unexpected unfair union unions unique unit units universal university unknown
    unlikely unnamed unpaid unprecedented unspecified unsuccessful unusual unveiled upcoming
    update upgrade upper upset upward urban urge urged urgent urging useful user users uses
    using usual utilities utility valid value valued values variety various vast vehicle
    vehicles venezuela venture ventures version versions veteran veto vice victims victor
    victory video view viewed views violated violations violence virtual virtually virus vision
    visit visited visiting visitors vital voice voiced volatility volume volumes voluntary vote
    voted voters votes voting vowed vulnerable wage wages wait waiting wake walk walked want
    wanted wanting wants ward warm warned warning waste watch watchdog watched watching water
    wave ways weak weakened weakening weaker weakness wealth weapons weather week weekend weekly
    weeks weight welcome welcomed welfare wells went western white wholesale wholly wide widely
    wider widespread wife willing willingness window wine wing winner winners winning wins
    winter wireless wish withdraw withdrawal withdrawn withdrew women wood word words work
    worked worker workers workforce working works world worldwide worried worries worry worrying
    worth write writers writing written wrong wrote yards year years yesterday young yuan zero
    zone
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
