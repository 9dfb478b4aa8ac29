/** RFC 2326, C.1.1, read as cameras mean it: a relative control is appended, whatever the query. */
export function joinControl(base: string, control: string): string {
  if (control === '' || control === '*') return base;
  if (/^rtsps?:/i.test(control)) return control;
  return base.endsWith('/') ? base + control : `${base}/${control}`;
}

/** Compares IP addresses, IPv4 also in its form within IPv6. */
export function sameAddress(a: string, b: string): boolean {
  const plain = (address: string) => address.replace(/^::ffff:/i, '');
  return plain(a) === plain(b);
}

/** Where relative controls start: `Content-Base` of any form, else the address that was asked. */
export function baseOf(given: string | undefined, asked: string): string {
  const text = given?.trim() ?? '';
  if (text === '') return asked;
  const doubled = /^rtsps?:\/\/(rtsps?:\/\/.*)$/i.exec(text)?.[1];
  if (doubled !== undefined) return doubled;
  if (/^rtsps?:\/\//i.test(text)) return text;
  // A host and port without the scheme.
  if (/^[\w.-]+:\d+(?:\/|$)/.test(text)) return `rtsp://${text}`;
  return URL.parse(text, asked)?.href ?? asked;
}

/** The ways in which cameras mean a control, the usual first, each once. */
export function controlUris(base: string, control: string, asked: string): string[] {
  const absolute = /^rtsps?:/i.test(control) || control === '' || control === '*';
  const resolved = absolute ? null : URL.parse(control, base.endsWith('/') ? base : `${base}/`);
  const path = base.replace(/\?.*$/, '');
  return [
    ...new Set([
      joinControl(base, control),
      ...(resolved === null ? [] : [resolved.href]),
      ...(absolute ? [] : [joinControl(path, control), joinControl(asked, control)]),
      base,
      asked,
    ]),
  ].slice(0, 6);
}

/** Same machine by its name, whatever the port. */
export function sameHost(a: URL, b: URL): boolean {
  return a.hostname.toLowerCase() === b.hostname.toLowerCase();
}
