/** Text for a page or for an attribute in quotes. */
export const escapeHtml = (text: string) =>
	text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
