/** Where the gateway is: the page's own address without its last part, whatever path a proxy serves it below. */
export function gatewayAddress(): string {
  return new URL('.', location.href).href;
}
