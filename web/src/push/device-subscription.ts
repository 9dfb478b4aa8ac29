import type {
  NewPushDevice,
  NightglassClient,
  PushDevice,
} from '../../../src/client/nightglass-client.ts';
import { gatewayAddress } from '../page/gateway-address.ts';

/** Who signs out waits no longer for a server that is silent, milliseconds. */
const patienceMs = 3_000;

/** Why a browser can get alerts, or not. */
export type DeviceSupport = 'ready' | 'insecure' | 'install' | 'missing' | 'denied';

/** Whether this browser can get alerts while no page is open. */
export function deviceSupport(): DeviceSupport {
  if (!isSecureContext) return 'insecure';
  if (!('serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window)) {
    // Telephones of Apple have it on the home screen alone, and only they know this property.
    return 'standalone' in navigator ? 'install' : 'missing';
  }
  return Notification.permission === 'denied' ? 'denied' : 'ready';
}

/** Registers the service worker of this page, which shows alerts and keeps nothing. Never rejects. */
export async function registerWorker(): Promise<ServiceWorkerRegistration | undefined> {
  if (!isSecureContext || !('serviceWorker' in navigator)) return undefined;
  try {
    return await navigator.serviceWorker.register(new URL('sw.js', gatewayAddress()), {
      scope: gatewayAddress(),
      updateViaCache: 'none',
    });
  } catch {
    // A browser that allows none, or a server that is gone: the page works without.
    return undefined;
  }
}

/** What this browser gets alerts by; null where it gets none. */
export async function deviceSubscription(): Promise<PushSubscription | null> {
  const registration = await ownRegistration();
  return (await registration?.pushManager?.getSubscription()) ?? null;
}

/** Which of the caller's devices this browser is. */
export async function thisDevice(devices: readonly PushDevice[]): Promise<PushDevice | undefined> {
  const subscription = await deviceSubscription();
  if (subscription === null) return undefined;
  const fingerprint = await fingerprintOf(subscription.endpoint);
  return devices.find((device) => device.fingerprint === fingerprint);
}

/** Nobody allowed notifications. */
export class NotAllowed extends Error {}

/**
 * Asks for permission, subscribes this browser and hands it in: after a click alone.
 * @throws NotAllowed, ApiError, the browser's own error where its push service cannot be reached
 */
export async function subscribeDevice(
  client: NightglassClient,
  publicKey: string,
  wishes: Pick<NewPushDevice, 'name' | 'language' | 'leastPriority'>,
): Promise<PushDevice> {
  // First of all: a browser asks only as long as the click is fresh.
  if ((await Notification.requestPermission()) !== 'granted') throw new NotAllowed();
  await registerWorker();
  const { pushManager } = await navigator.serviceWorker.ready;
  // One by keys that were replaced meanwhile cannot be used.
  await (await pushManager.getSubscription())?.unsubscribe();
  const subscription = await pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: publicKey,
  });
  try {
    return await handIn(client, subscription, wishes);
  } catch (error) {
    await subscription.unsubscribe();
    throw error;
  }
}

/** Changes what this browser is sent. @throws ApiError */
export async function changeDevice(
  client: NightglassClient,
  wishes: Pick<NewPushDevice, 'name' | 'language' | 'leastPriority'>,
): Promise<void> {
  const subscription = await deviceSubscription();
  if (subscription !== null) await handIn(client, subscription, wishes);
}

/** Leaves nothing of whoever was here: no alerts to come, none shown. Never rejects. */
export async function leaveDevice(client: NightglassClient): Promise<void> {
  const patience = new Promise<void>((resolve) => setTimeout(resolve, patienceMs));
  await Promise.race([removeThisDevice(client), patience]);
  await dropSubscription();
}

async function removeThisDevice(client: NightglassClient): Promise<void> {
  try {
    if ((await deviceSubscription()) === null) return;
    const device = await thisDevice((await client.push()).devices);
    if (device !== undefined) await client.removePushDevice(device.id);
  } catch {
    // Not to be reached: the push service says that it is gone, and then it is removed.
  }
}

/** Alerts of somebody else who used this browser before end. Never rejects. */
export async function keepOwnAlerts(client: NightglassClient): Promise<void> {
  try {
    if ((await deviceSubscription()) === null) return;
    const { devices } = await client.push();
    if ((await thisDevice(devices)) === undefined) await dropSubscription();
  } catch {
    // Who is not known to be somebody else stays.
  }
}

async function dropSubscription(): Promise<void> {
  try {
    const registration = await ownRegistration();
    await (await registration?.pushManager?.getSubscription())?.unsubscribe();
    for (const shown of (await registration?.getNotifications()) ?? []) shown.close();
  } catch {
    // A browser that allows neither has none.
  }
}

async function handIn(
  client: NightglassClient,
  subscription: PushSubscription,
  wishes: Pick<NewPushDevice, 'name' | 'language' | 'leastPriority'>,
): Promise<PushDevice> {
  const { endpoint = '', keys = {} } = subscription.toJSON();
  const { p256dh = '', auth = '' } = keys;
  return client.putPushDevice({ ...wishes, endpoint, keys: { p256dh, auth } });
}

async function ownRegistration(): Promise<ServiceWorkerRegistration | undefined> {
  if (!isSecureContext || !('serviceWorker' in navigator)) return undefined;
  return navigator.serviceWorker.getRegistration(gatewayAddress());
}

/** As the server has it: SHA-256, base64url. */
async function fingerprintOf(endpoint: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(endpoint));
  return btoa(String.fromCharCode(...new Uint8Array(hash)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
