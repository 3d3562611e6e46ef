import { refusals } from '../http/refusal';
import { type Route, route } from '../http/routes';

/** bunq's file: "An endpoint that will always throw an error." That it is a 500 is inferred. */
export const serverError: Route[] = [
	route({
		method: 'POST',
		path: '/server-error',
		oauth: true,
		does: 'create server-error',
		run() {
			throw refusals.broken();
		},
	}),
];
