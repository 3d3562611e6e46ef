import type { Environment } from './protocol';

/**
 * Ways in which a call (§10.2) can go wrong at the bank: it never leaves; it comes twice; a minute later; after the next one
 * to the same URL; or before a GET shows the object. What the receiver answers is up to the receiver.
 */
export type CallbackFaultKind = 'lost' | 'doubled' | 'late' | 'out of order' | 'early';

/** A fault for the next `times` calls that match, after `skip` others. A call for two filters counts twice. */
export interface CallbackFaultOrder {
	kind: CallbackFaultKind;
	/** The source of a regular expression for the whole category. Default: any. */
	category?: string;
	/** The same for the event type. */
	eventType?: string;
	/** Default 1. */
	times?: number;
	skip?: number;
	/** Of `late`, default 60,000; of `early`, how long no GET shows the object, default 3,000. */
	delayMs?: number;
}

/** A try to deliver a call. */
export interface CallbackTry {
	/** When it was due, by the bank's clock. */
	time: string;
	/** Null if there was no answer. */
	status: number | null;
	error: string | null;
}

/** A call, in order of the events. */
export interface DeliveryView {
	id: number;
	environment: Environment;
	target: string;
	category: string;
	eventType: string;
	objectId: number;
	/** The body's text. */
	body: string;
	state: 'waiting' | 'calling' | 'delivered' | 'failed' | 'lost';
	/** The time of the next try. */
	due: string;
	tries: CallbackTry[];
	fault?: CallbackFaultKind;
}

/** The part of the control interface for callbacks. */
export interface CallbackControl {
	/** Every call since the reset, its tries and their statuses. */
	deliveries(): Promise<DeliveryView[]>;
	/** Sends every call that is due by the bank's clock, also where they are held. Returns when all are answered. */
	deliverDue(): Promise<void>;
	/** Whether calls are sent only by `deliverDue`. Default: the bank sends each as soon as it is due. */
	holdCallbacks(held: boolean): Promise<void>;
	/**
	 * Sends calls for a public origin to a server on this machine: `{'https://n8n.example.com': 'http://127.0.0.1:5678'}`.
	 * Calls to other machines fail.
	 */
	routeCallbacks(routes: Record<string, string>): Promise<void>;
	callbackFault(order: CallbackFaultOrder): Promise<void>;
}
