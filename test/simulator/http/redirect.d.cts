/** A simulator's TLS port and CA or its plain port, a refused connection, or an unknown host name. */
export type RedirectTarget =
	| { tlsPort: number; ca: string }
	| { httpPort: number }
	| 'refuse'
	| 'nxdomain';

/** Redirects this process's TLS connections for bunq's hosts. Undefined: follow the environment variables. */
export function redirectTo(target: RedirectTarget | undefined): void;
