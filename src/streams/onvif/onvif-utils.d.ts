/** The library's own reading of SOAP, which it does not declare. */
declare module 'onvif/lib/utils.js' {
  /** Calls back more than once where the callback throws. */
  export function parseSOAPString(
    xml: string,
    callback: (error: Error | null, body: unknown) => void,
    statusCode?: number,
  ): void;
  /** Single elements in place of lists of one, numbers and dates in place of their texts. */
  export function linerase(value: unknown): unknown;
}
