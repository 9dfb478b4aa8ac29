import { readFileSync } from 'node:fs';

const file = new URL('../../../deploy/cluster/nats.conf', import.meta.url);

/** Authorisation of a server as `deploy/cluster/nats.conf` gives it, for `control` and `edge-1`. */
export function nodeRights(): string {
  const [, rights] =
    /user: "edge-1"[^\n]*permissions \{\n([\s\S]*?)\n {6}\} \}/.exec(readFileSync(file, 'utf8')) ??
    [];
  if (rights === undefined) throw new TypeError('nats.conf gives edge-1 no rights');
  return `
authorization {
  users [
    { user: control, password: "control-password" }
    { user: "edge-1", password: "edge-password", permissions {
${rights}
    } }
  ]
}`;
}
