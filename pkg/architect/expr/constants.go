package expr

import (
	"strings"
	"sync"
	"unicode"
)

// The lists behind System.Currencies, System.Regions and System.Languages, as Genesys'
// engine has them. A region stands under its dialing code; a language's key is its tag
// without hyphens.
const currencyCodes = `
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYR BZD CAD CDF CHF CLP
CNY COP CRC CUC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GWP GYD HKD HNL HRK
HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LTL LVL LYD MAD
MDL MGA MKD MMK MNT MOP MRO MUR MVR MWK MXN MYR MZE MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR
RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SKK SLL SOS SRD SSP STD SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS
UAH UGX USD UYU UZS VEF VND VUV WST XAF XCD XOF XPF YER ZAR ZMW
`

const regionCodes = `
1:AG,AI,AS,BB,BM,BS,CA,DM,DO,GD,GU,JM,KN,KY,LC,MP,MS,PR,TC,TT,US,VC,VG,VI 7:KZ,RU 20:EG 27:ZA 30:GR 31:NL 32:BE
33:FR 34:ES 36:HU 39:IT 40:RO 41:CH 43:AT 44:GB,GG,IM,JE 45:DK 46:SE 47:NO,SJ 48:PL 49:DE 51:PE 52:MX 53:CU 54:AR
55:BR 56:CL 57:CO 58:VE 60:MY 61:AU,CC,CX 62:ID 63:PH 64:NZ 65:SG 66:TH 81:JP 82:KR 84:VN 86:CN 90:TR 91:IN 92:PK
93:AF 94:LK 95:MM 98:IR 212:MA 213:DZ 216:TN 218:LY 220:GM 221:SN 222:MR 223:ML 224:GN 225:CI 226:BF 227:NE 228:TG
229:BJ 230:MU 231:LR 232:SL 233:GH 234:NG 235:TD 236:CF 237:CM 238:CV 239:ST 240:GQ 241:GA 242:CG 243:CD 244:AO
245:GW 246:IO 248:SC 249:SD 250:RW 251:ET 252:SO 253:DJ 254:KE 255:TZ 256:UG 257:BI 258:MZ 260:ZM 261:MG 262:RE,YT
263:ZW 264:NA 265:MW 266:LS 267:BW 268:SZ 269:KM 290:SH 291:ER 297:AW 298:FO 299:GL 350:GI 351:PT 352:LU 353:IE
354:IS 355:AL 356:MT 357:CY 358:AX,FI 359:BG 370:LT 371:LV 372:EE 373:MD 374:AM 375:BY 376:AD 377:MC 378:SM 379:VA
380:UA 381:RS 382:ME 385:HR 386:SI 387:BA 389:MK 420:CZ 421:SK 423:LI 500:FK,GS 501:BZ 502:GT 503:SV 504:HN 505:NI
506:CR 507:PA 508:PM 509:HT 590:BL,GP,MF 591:BO 593:EC 594:GF 595:GY,PY 596:MQ 597:SR 598:UY 599:AN 670:TL 672:AQ,NF
673:BN 674:NR 675:PG 676:TO 677:SB 678:VU 679:FJ 680:PW 681:WF 682:CK 683:NU 685:WS 686:KI 687:NC 688:TV 689:PF
690:TK 691:FM 692:MH 850:KP 852:HK 853:MO 855:KH 856:LA 872:PN 880:BD 886:TW 960:MV 961:LB 962:JO 963:SY 964:IQ
965:KW 966:SA 967:YE 968:OM 970:PS 971:AE 972:IL 973:BH 974:QA 975:BT 976:MN 977:NP 992:TJ 993:TM 994:AZ 995:GE
996:KG 998:UZ
`

const languageKeys = `
af afNA afZA agq agqCM ak akGH am amET ar ar001 arAE arBH arDJ arDZ arEG arEH arER arIL arIQ arJO arKM arKW arLB
arLY arMA arMR arOM arPS arQA arSA arSD arSO arSY arTD arTN arYE arnCL as asIN asa asaTZ az azCyrl azCyrl-AZ azLatn
azLatn-AZ baRU bas basCM be beBY bem bemZM bez bezTZ bg bgBG bm bmML bn bnBD bnIN bo boCN boIN br brFR bs bsCyrl
bsCyrl-BA bsLatn bsLatn-BA ca caAD caES cgg cggUG chr chrUS coFR cs csCZ cy cyGB da daDK dav davKE de deAT deBE deCH
deDE deLI deLU dje djeNE dsbDE dua duaCM dvMV dyo dyoSN dz dzBT ebu ebuKE ee eeGH eeTG el elCY elGR en en029 en150
enAG enAS enAU enBB enBE enBM enBS enBW enBZ enCA enCM enDM enFJ enFM enGB enGD enGG enGH enGI enGM enGU enGY enHK
enIE enIM enIN enJE enJM enKE enKI enKN enKY enLC enLR enLS enMG enMH enMP enMT enMU enMW enMY enNA enNG enNZ enPG
enPH enPK enPR enPW enSB enSC enSG enSL enSS enSZ enTC enTO enTT enTZ enUG enUM enUS enVC enVG enVI enVU enWS enZA
enZM enZW eo es es419 esAR esBO esCL esCO esCR esCU esDO esEA esEC esES esGQ esGT esHN esIC esNI esPA esPE esPH esPR
esPY esSV esUS esUY esVE et etEE eu euES ewo ewoCM fa faAF faIR ff ffSN fi fiFI fil filPH fo foFO fr frBE frBF frBI
frBJ frBL frCA frCD frCF frCG frCH frCI frCM frDJ frDZ frFR frGA frGF frGN frGP frGQ frHT frKM frLU frMA frMC frMF
frMG frML frMQ frMR frMU frNC frNE frPF frRE frRW frSC frSN frSY frTD frTG frTN frVU frYT fyNL ga gaIE gdGB gl glES
gsw gswCH gswFR gu guIN guz guzKE gv gvGB ha haLatn haLatn-GH haLatn-NE haLatn-NG haNG haw hawUS he heIL hi hiIN hr
hrBA hrHR hsbDE hu huHU hy hyAM id idID ig igNG ii iiCN is isIS it itCH itIT itSM ja jaJP jgo jgoCM jmc jmcTZ ka
kaGE kab kabDZ kam kamKE kde kdeTZ kea keaCV khq khqML ki kiKE kk kkCyrl kkCyrl-KZ kkKZ kl klGL kln klnKE km kmKH kn
knIN ko koKP koKR kok kokIN ks ksArab ksArab-IN ksb ksbTZ ksf ksfCM kw kwGB kyKG lag lagTZ lbLU lg lgUG ln lnAO lnCD
lnCF lnCG lo loLA lt ltLT lu luCD luo luoKE luy luyKE lv lvLV mas masKE masTZ mer merKE mfe mfeMU mg mgMG mgh mghMZ
mgo mgoCM miNZ mk mkMK ml mlIN mnCN mnMN mohCA mr mrIN ms msBN msMY msSG mt mtMT mua muaCM my myMM naq naqNA nb nbNO
nd ndZW ne neIN neNP nl nlAW nlBE nlCW nlNL nlSR nmg nmgCM nn nnNO no nsoZA nus nusSD nyn nynUG ocFR om omET omKE or
orIN pa paArab paArab-PK paGuru paGuru-IN paIN pl plPL prsAF ps psAF pt ptAO ptBR ptCV ptGW ptMO ptMZ ptPT ptST ptTL
qutGT quzBO quzEC quzPE rm rmCH rn rnBI ro roMD roRO rof rofTZ ru ruBY ruKG ruKZ ruMD ruRU ruUA rw rwRW rwk rwkTZ
saIN sahRU saq saqKE sbp sbpTZ seFI seNO seSE seh sehMZ ses sesML sg sgCF shi shiLatn shiLatn-MA shiTfng shiTfng-MA
si siLK sk skSK sl slSI smaNO smaSE smjNO smjSE smnFI smsFI sn snZW so soDJ soET soKE soSO sq sqAL sqMK sr srCyrl
srCyrl-BA srCyrl-CS srCyrl-ME srCyrl-RS srLatn srLatn-BA srLatn-CS srLatn-ME srLatn-RS sv svFI svSE sw swKE swTZ
swUG swc swcCD syrSY ta taIN taLK taMY taSG te teIN teo teoKE teoUG tgTJ th thTH ti tiER tiET tkTM tnZA to toTO tr
trCY trTR ttRU twq twqNE tzm tzmDZ tzmLatn tzmLatn-MA ugCN uk ukUA ur urIN urPK uz uzArab uzArab-AF uzCyrl uzCyrl-UZ
uzLatn uzLatn-UZ vai vaiLatn vaiLatn-LR vaiVaii vaiVaii-LR vi viVN vun vunTZ woSN yav yavCM yo yoNG zh zhCN zhHans
zhHans-CN zhHans-HK zhHans-MO zhHans-SG zhHant zhHant-HK zhHant-MO zhHant-TW zhHK zhMO zhSG zhTW zu zuZA
`

// currencyList holds the codes, in upper case, that a currency may have (ISO 4217).
var currencyList = sync.OnceValue(func() map[string]bool {
	m := map[string]bool{}
	for _, c := range strings.Fields(currencyCodes) {
		m[c] = true
	}
	return m
})

func isCurrencyCode(code string) bool { return currencyList()[strings.ToUpper(code)] }

// dialing gives a region's dialing code, and knows all codes.
var dialing = sync.OnceValue(func() (d struct {
	byRegion map[string]string
	codes    map[string]bool
}) {
	d.byRegion, d.codes = map[string]string{}, map[string]bool{}
	for _, f := range strings.Fields(regionCodes) {
		code, regions, _ := strings.Cut(f, ":")
		d.codes[code] = code != ""
		for _, r := range strings.Split(regions, ",") {
			d.byRegion[r] = code
		}
	}
	return d
})

func isDialingCode(code string) bool { return dialing().codes[code] }

// languageTags gives the tag of a language's key: enUS is en-us, zhHant-HK is zh-hant-hk.
var languageTags = sync.OnceValue(func() map[string]string {
	m := map[string]string{}
	for _, key := range strings.Fields(languageKeys) {
		m[key] = languageTag(key)
	}
	return m
})

// knownLanguages are the tags, lower case.
var knownLanguages = sync.OnceValue(func() map[string]bool {
	m := map[string]bool{}
	for _, t := range languageTags() {
		m[t] = true
	}
	return m
})

// languageTag puts a hyphen before the script, the region and the area's digits.
func languageTag(key string) string {
	var b strings.Builder
	var last rune
	for i, r := range key {
		begins := unicode.IsUpper(r) && !unicode.IsUpper(last) || unicode.IsDigit(r) && !unicode.IsDigit(last)
		if i > 0 && begins && last != '-' {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(r))
		last = r
	}
	return b.String()
}

// A namespace is a constant that has constants as properties, such as System.Languages.
var namespaces = map[string]Type{
	"format.bool": boolFormats, "format.currency": currencyFormats, "format.date": dateFormats, "format.number": numberFormats,
	"format.phonenumber": phoneFormats, "format.string": stringFormats, "format.time": timeFormats, "format.timepart": timeParts,
	"language.case": caseContexts, "language.gender": genderContexts, "language.quantity": quantityContexts,
	"system.currencies": currencyInfos, "system.languages": languageInfos, "system.regions": regionInfos, "system.datetime": dateTimeInfos,
}

// constants are the values that have a name.
var constants = map[string]Value{
	"system.maxint": OfInt(maxInt), "system.minint": OfInt(-maxInt),
	"system.maxdatetime": {h: head(DateTime), n: maxDateTime / 1000 * 1000}, "system.mindatetime": {h: head(DateTime), n: minDateTime},
	"system.maxduration": ofMillis(maxInt), "system.minduration": ofMillis(-maxInt),
}

// constantNames are offered as suggestions.
var constantNames = []string{
	"Format.Bool", "Format.Currency", "Format.Date", "Format.Number", "Format.PhoneNumber", "Format.String", "Format.Time",
	"Format.TimePart", "Language.Case", "Language.Gender", "Language.Quantity", "System.Currencies", "System.Languages",
	"System.Regions", "System.DateTime", "System.MaxInt", "System.MinInt", "System.MaxDateTime", "System.MinDateTime",
	"System.MaxDuration", "System.MinDuration",
}
