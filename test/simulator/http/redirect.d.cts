/** A simulator's TLS port and CA; or a connection that is refused; or a name that is not found. */
export type RedirectTarget = { tlsPort: number; ca: string } | 'refuse' | 'nxdomain';

/** Sends this process's TLS connections for bunq's hosts there. `undefined`: as the environment says. */
export function redirectTo(target: RedirectTarget | undefined): void;
