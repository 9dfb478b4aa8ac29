import { createHash } from 'node:crypto';

/** Characters that a broker of MQTT 3.1.1 must take (section 3.1.3.1). */
const longest = 23;

/**
 * The name by which a broker knows a receiver's connection: alike at each start, and no other
 * receiver of this or of another installation has it, since a broker ends the older of two.
 */
export function mqttClientId(installationId: string, receiverId: string): string {
  const hash = createHash('sha256').update(`${installationId}\n${receiverId}`).digest('hex');
  return `ng${hash}`.slice(0, longest);
}
