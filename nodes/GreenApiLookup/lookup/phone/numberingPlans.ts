/**
 * What is known about the numbering plans of countries: libphonenumber-js, bundled into the package.
 * Its largest metadata, because only they tell valid numbers from such that merely have the right
 * length, and that decides between two readings (docs/decisions/0006).
 */

import {
	getCountries,
	getCountryCallingCode,
	isSupportedCountry,
	parsePhoneNumberFromString,
	type CountryCode,
	type NumberFormat,
	type NumberType,
	type PhoneNumber,
} from 'libphonenumber-js/max';

export type { CountryCode, NumberFormat };

/** Digits of the country code, without a plus sign. */
export const callingCodeOf: (country: CountryCode) => string = getCountryCallingCode;

/** Digits in international form, and what the numbering plans say about them. */
export interface Reading {
	/** Country code and national number, without a plus sign. */
	readonly digits: string;
	/** Undefined where no country has such a code. */
	readonly number?: PhoneNumber;
	/** Undefined where it belongs to no range that is in use. */
	readonly type?: NumberType | undefined;
	/** It is valid in a form that people wrote earlier, or do not write. */
	readonly isOlderForm?: boolean;
}

/** Dialled inside Mexico until 2019; the library has forgotten it. */
const MEXICAN_PREFIX = /^(\+52)?0(?:1|4[45])(?=\d{10}$)/;

/**
 * Digits as somebody in that country dials them; with + in front as anybody writes them. An older
 * form of a number is of the number's type.
 */
export function readDigits(text: string, country?: CountryCode): Reading | undefined {
	const isMexican = text.startsWith('+52') || (country === 'MX' && text.startsWith('0'));
	const dialled = isMexican ? text.replace(MEXICAN_PREFIX, '$1') : text;
	const number = parse(dialled, country);
	if (!number) return undefined;
	const digits = number.number.slice(1);
	const type = number.getType();
	const form = type ? undefined : otherForm(digits);
	if (form === undefined) return { digits, number, type };
	return { digits, number, type: parse(`+${form}`)?.getType(), isOlderForm: true };
}

function parse(text: string, country?: CountryCode): PhoneNumber | undefined {
	return parsePhoneNumberFromString(text, {
		extract: false,
		...(country && { defaultCountry: country }),
	});
}

/**
 * From one form to the other. GREEN-API's pages and those of other WhatsApp gateways agree on the
 * countries (read 2026-11-26); the digits are those of the countries' numbering plans.
 */
const FORMS: ReadonlyArray<readonly [RegExp, string]> = [
	// Mexico's mobiles had a 1 until 2019, Argentina's still have a 9 when called from abroad.
	[/^52(\d{10})$/, '521$1'],
	[/^521(\d{10})$/, '52$1'],
	[/^54(\d{10})$/, '549$1'],
	[/^549(\d{10})$/, '54$1'],
	// Brazil's mobiles got a 9 between 2012 and 2016.
	[/^(55\d\d)([6-9]\d{7})$/, '$19$2'],
	[/^(55\d\d)9([6-9]\d{7})$/, '$1$2'],
	// The Ivory Coast got two digits in 2021, by operator: the second digit of the old number.
	[/^225(\d[0-3]\d{6})$/, '22501$1'],
	[/^225(\d[4-6]\d{6})$/, '22505$1'],
	[/^225(\d[7-9]\d{6})$/, '22507$1'],
	[/^225(?:01(\d[0-3]\d{6})|05(\d[4-6]\d{6})|07(\d[7-9]\d{6}))$/, '225$1$2$3'],
	// Benin put 01 in front of all numbers in November 2024.
	[/^229(\d{8})$/, '22901$1'],
	[/^22901(\d{8})$/, '229$1'],
];

/** The other form under which WhatsApp may know the number; undefined where there is one form only. */
export function otherForm(digits: string): string | undefined {
	if (!/^(?:5[245]|22[59])/.test(digits)) return undefined;
	const [form, replacement = ''] = FORMS.find(([pattern]) => pattern.test(digits)) ?? [];
	return form && digits.replace(form, replacement);
}

/** Country codes of three letters, each followed by that of two (ISO 3166-1). */
const THREE_LETTERS = `
ABWAW AFGAF AGOAO AIAAI ALAAX ALBAL ANDAD AREAE ARGAR ARMAM ASMAS ATGAG AUSAU AUTAT AZEAZ BDIBI BELBE
BENBJ BESBQ BFABF BGDBD BGRBG BHRBH BHSBS BIHBA BLMBL BLRBY BLZBZ BMUBM BOLBO BRABR BRBBB BRNBN BTNBT
BWABW CAFCF CANCA CCKCC CHECH CHLCL CHNCN CIVCI CMRCM CODCD COGCG COKCK COLCO COMKM CPVCV CRICR CUBCU
CUWCW CXRCX CYMKY CYPCY CZECZ DEUDE DJIDJ DMADM DNKDK DOMDO DZADZ ECUEC EGYEG ERIER ESHEH ESPES ESTEE
ETHET FINFI FJIFJ FLKFK FRAFR FROFO FSMFM GABGA GBRGB GEOGE GGYGG GHAGH GIBGI GINGN GLPGP GMBGM GNBGW
GNQGQ GRCGR GRDGD GRLGL GTMGT GUFGF GUMGU GUYGY HKGHK HNDHN HRVHR HTIHT HUNHU IDNID IMNIM INDIN IOTIO
IRLIE IRNIR IRQIQ ISLIS ISRIL ITAIT JAMJM JEYJE JORJO JPNJP KAZKZ KENKE KGZKG KHMKH KIRKI KNAKN KORKR
KWTKW LAOLA LBNLB LBRLR LBYLY LCALC LIELI LKALK LSOLS LTULT LUXLU LVALV MACMO MAFMF MARMA MCOMC MDAMD
MDGMG MDVMV MEXMX MHLMH MKDMK MLIML MLTMT MMRMM MNEME MNGMN MNPMP MOZMZ MRTMR MSRMS MTQMQ MUSMU MWIMW
MYSMY MYTYT NAMNA NCLNC NERNE NFKNF NGANG NICNI NIUNU NLDNL NORNO NPLNP NRUNR NZLNZ OMNOM PAKPK PANPA
PERPE PHLPH PLWPW PNGPG POLPL PRIPR PRKKP PRTPT PRYPY PSEPS PYFPF QATQA REURE ROURO RUSRU RWARW SAUSA
SDNSD SENSN SGPSG SHNSH SJMSJ SLBSB SLESL SLVSV SMRSM SOMSO SPMPM SRBRS SSDSS STPST SURSR SVKSK SVNSI
SWESE SWZSZ SXMSX SYCSC SYRSY TCATC TCDTD TGOTG THATH TJKTJ TKLTK TKMTM TLSTL TONTO TTOTT TUNTN TURTR
TUVTV TWNTW TZATZ UGAUG UKRUA URYUY USAUS UZBUZ VATVA VCTVC VENVE VGBVG VIRVI VNMVN VUTVU WLFWF WSMWS
YEMYE ZAFZA ZMBZM ZWEZW`;

const NAMES = new Intl.DisplayNames(['en'], { type: 'region' });

/** Codes and names in capitals. */
const COUNTRIES: ReadonlyMap<string, CountryCode> = new Map<string, CountryCode>([
	['UK', 'GB'],
	...getCountries().flatMap((code) => [
		[code, code] as const,
		[(NAMES.of(code) ?? code).toUpperCase(), code] as const,
	]),
	...[...THREE_LETTERS.matchAll(/(\w{3})(\w\w)/g)].flatMap(([, three = '', two = '']) =>
		isSupportedCountry(two) ? [[three, two] as const] : [],
	),
]);

/** `RU`, `RUS`, `ru-RU` or `Russia`, in any case; undefined where it is no country with telephones. */
export function countryOf(text: string): CountryCode | undefined {
	const upper = text.trim().toUpperCase();
	const [, region = ''] = /^[A-Z]{2,3}(?:[-_][A-Z]{4})?[-_]([A-Z]{2})$/.exec(upper) ?? [];
	return COUNTRIES.get(upper) ?? COUNTRIES.get(region);
}

/** All countries for a dropdown, by name: "Germany (+49)". */
export function countryChoices(): Array<{ name: string; value: CountryCode }> {
	return getCountries()
		.map((value) => ({
			name: `${NAMES.of(value) ?? value} (+${getCountryCallingCode(value)})`,
			value,
		}))
		.sort((one, other) => one.name.localeCompare(other.name, 'en'));
}
