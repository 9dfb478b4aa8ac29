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
