import { onvifBounds } from '../../domain/bounds.ts';
import { systemClock } from '../../domain/clock.ts';
import type { DeviceAccess } from '../../domain/onvif.ts';
import { meet } from './describe.ts';
import { openDevice } from './device-client.ts';
import { eventsIn } from './device-events.ts';
import { at } from './plain-values.ts';
import type { DeviceHosts, OnvifMessage } from './worker-messages.ts';

/** A pull waits up to a minute at the device. */
const answerMs = 80_000;
/** Some devices end a subscription that is pulled and not renewed; it is given for two minutes. */
const renewMs = 45_000;
/** Between pulls, for devices that answer at once though there is nothing. */
const pauseMs = 250;

/** Pulls events from a device until one of its answers fails. @throws why */
export async function hearEvents(
  access: DeviceAccess & DeviceHosts,
  tell: (message: OnvifMessage) => void,
): Promise<never> {
  const device = openDevice(access, {
    answerMs,
    ...(access.hosts === undefined ? {} : { hosts: access.hosts }),
  });
  await meet(device);
  const { ask, cam } = device;
  await ask((done) => cam.createPullPointSubscription(done));
  stayAtDevice(cam.events['subscription'], new URL(access.address));
  tell({ type: 'subscribed' });
  let renewedAt = systemClock.monotonic();
  for (;;) {
    const answer = await ask((done) =>
      cam.pullMessages({ messageLimit: onvifBounds.eventsAtOnce }, done),
    );
    const events = eventsIn(answer);
    if (events.length > 0) tell({ type: 'events', events });
    if (systemClock.monotonic() - renewedAt >= renewMs) {
      await ask((done) => cam.renew({}, done));
      renewedAt = systemClock.monotonic();
    }
    await new Promise<void>((resolve) => {
      setTimeout(resolve, pauseMs);
    });
  }
}

/**
 * The address of a subscription at the device itself: the guard connects nowhere else, and this
 * keeps the library from a scheme that it is not set up for.
 */
function stayAtDevice(subscription: unknown, device: URL): void {
  const address = at(subscription, 'subscriptionReference', 'address');
  if (typeof address !== 'object' || address === null) return;
  const named = address as { hostname?: string | null; port?: string | number | null };
  const same = named.hostname === device.hostname;
  Object.assign(address, {
    protocol: device.protocol,
    hostname: device.hostname.replace(/^\[|\]$/g, ''),
    host: null,
    port: same && named.port ? Number(named.port) : Number(device.port) || null,
  });
}
