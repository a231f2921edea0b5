/** Numbers that are one account to WhatsApp, and numbers that it answers although nobody has them. */

/** Countries whose numbers have two forms: what both forms have in common is in brackets. */
const TWO_FORMS = [
	/^(52)1?(\d{10})$/,
	/^(54)9?(\d{10})$/,
	/^(55\d\d)9?([6-9]\d{7})$/,
	/^(225)(?:01|05|07)?(\d{8})$/,
	/^(229)(?:01)?(\d{8})$/,
];

/** Whether two numbers are forms of one. */
export function areForms(one: string, other: string): boolean {
	return commonOf(one) === commonOf(other);
}

function commonOf(digits: string): string {
	const form = TWO_FORMS.find((pattern) => pattern.test(digits));
	return form ? digits.replace(form, '$1 $2') : digits;
}

/**
 * The number whose account WhatsApp finds under a Russian number with 8, or a US number with zeros
 * behind the 1: what is sent to such a chat ID reaches nobody.
 */
export function reachable(digits: string): string {
	return digits.replace(/^8(?=\d{10}$)/, '7').replace(/^10+(?=\d{10}$)/, '1');
}
