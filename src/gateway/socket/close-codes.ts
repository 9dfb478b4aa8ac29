/** Codes with which the gateway closes a WebSocket; `docs/api.md` explains them to clients. */
export const closeCodes = {
  /** The gateway shuts down. */
  goingAway: 1001,
  /** A binary message, where only text is understood. */
  unsupported: 1003,
  /** Too many messages. */
  policy: 1008,
  /** Given by `ws` itself: the message was too large. */
  tooLarge: 1009,
  internal: 1011,
  /** No room for more clients, or for more of this token; come back later. */
  full: 1013,
  /** The client reads too slowly for its alerts; come back with `since`. */
  slow: 4008,
  /** Too many failed attempts from this address. */
  tooManyAttempts: 4029,
  /** No valid token in time, or no longer valid. */
  unauthenticated: 4401,
  /** No such camera, or not for this token. */
  notFound: 4404,
  /** The camera's video is not passed on as it is coded; its preview may be there. */
  notPassedOn: 4406,
  /** Live video cannot be had, or ended. */
  unavailable: 4503,
} as const;
