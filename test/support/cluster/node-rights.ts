import { readFileSync } from 'node:fs';

const file = new URL('../../../deploy/cluster/nats.conf', import.meta.url);
const passwords = {
  'edge-1': 'edge-password',
  'infer-1': 'infer-password',
  'match-1': 'match-password',
} as const;

/** Authorisation of a server as `deploy/cluster/nats.conf` gives it, for `control` and nodes of all kinds. */
export function nodeRights(): string {
  const text = readFileSync(file, 'utf8');
  const users = Object.entries(passwords).map(([user, password]) => {
    const pattern = new RegExp(
      `user: "${user}"[^\\n]*permissions \\{\\n([\\s\\S]*?)\\n {6}\\} \\}`,
    );
    const rights = pattern.exec(text)?.[1];
    if (rights === undefined) throw new TypeError(`nats.conf gives ${user} no rights`);
    return `    { user: "${user}", password: "${password}", permissions {\n${rights}\n    } }`;
  });
  return `
authorization {
  users [
    { user: control, password: "control-password" }
${users.join('\n')}
  ]
}`;
}
