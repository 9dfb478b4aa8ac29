/*
 * Shows alerts that are pushed to this device, and opens them; tells the server where the browser
 * changed how this device is reached. It answers no request and keeps
 * nothing: whatever version of the page there is comes from the server, and nothing of alerts is
 * in the browser's storage. What is shown is what the server wrote (src/services/push/push-notice.ts).
 */
const { clients, registration } = self;
/** Of a request, milliseconds. */
const patienceMs = 30_000;

// Nothing of an older one is in use that the newer one would take away.
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(clients.claim()));

self.addEventListener('push', (event) => {
  event.waitUntil(show(read(event.data)));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data?.open));
});

self.addEventListener('pushsubscriptionchange', (event) => {
  event.waitUntil(renewOrTell(event));
});

/** The browser reaches this device by another address from now on. */
async function renewOrTell({ oldSubscription, newSubscription }) {
  try {
    await renew(oldSubscription, newSubscription);
  } catch {
    // Nobody is signed in here, or the server is away: the page offers to switch them on again.
    await show({
      title: 'Nightglass',
      text: isChinese()
        ? '此设备的告警已中断。打开后可重新开启。'
        : 'Alerts on this device have ended. Open to switch them on again.',
      tag: 'ended',
    });
  }
}

/** Puts it in the place of the one before, by the session that is in this browser. */
async function renew(before, after) {
  if (!before) throw new TypeError('The browser does not say which device it was');
  const { csrf } = await ask('api/session');
  const { devices, publicKey } = await ask('api/push');
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(before.endpoint));
  // As the server has it: base64url.
  const fingerprint = btoa(String.fromCharCode(...new Uint8Array(hash)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
  const device = devices.find((each) => each.fingerprint === fingerprint);
  if (device === undefined) throw new TypeError('It is no device of who is signed in');
  const subscription =
    after ??
    (await registration.pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: publicKey,
    }));
  const { endpoint, keys } = subscription.toJSON();
  const { id, name, language, leastPriority } = device;
  // The one before is reached no longer, and there is room for so many devices alone.
  await ask(`api/push/devices/${encodeURIComponent(id)}`, { method: 'DELETE', csrf });
  const { p256dh, auth } = keys;
  const json = { name, language, leastPriority, endpoint, keys: { p256dh, auth } };
  await ask('api/push/devices', { method: 'POST', csrf, json });
}

async function ask(path, { method = 'GET', csrf, json } = {}) {
  const headers = { accept: 'application/json' };
  if (csrf) headers['x-csrf-token'] = csrf;
  if (json !== undefined) headers['content-type'] = 'application/json';
  const answer = await fetch(new URL(path, registration.scope), {
    ...{ method, headers, credentials: 'same-origin', redirect: 'error' },
    body: JSON.stringify(json),
    signal: AbortSignal.timeout(patienceMs),
  });
  if (!answer.ok) throw new TypeError(`The server answers ${answer.status}`);
  return answer.status === 204 ? undefined : answer.json();
}

/** What came; something to look at where it cannot be read. */
function read(data) {
  try {
    const notice = data.json();
    if (typeof notice.title === 'string' && typeof notice.text === 'string') return notice;
  } catch {
    // A browser wants something shown for whatever came.
  }
  return { title: 'Nightglass', text: isChinese() ? '打开查看。' : 'Open to look.', tag: 'unread' };
}

function isChinese() {
  return self.navigator.language.startsWith('zh');
}

async function show({ id, title, text, language, tag, open: page, at, urgent }) {
  const before = await registration.getNotifications({ tag });
  // The same once more, as it may come after a fault: it makes no noise again.
  const isKnown = before.some(({ data }) => id !== undefined && data?.id === id);
  await registration.showNotification(title, {
    body: text,
    tag,
    lang: language,
    timestamp: at,
    renotify: !isKnown,
    requireInteraction: urgent === true,
    icon: new URL('icons/icon-192.png', registration.scope).href,
    badge: new URL('icons/badge-96.png', registration.scope).href,
    data: { id, open: page },
  });
}

/** Shows a page of the dashboard: in a window that is there, else in another one. */
async function open(page) {
  const fragment = typeof page === 'string' && page.startsWith('#/') ? page : '';
  const address = new URL(fragment, registration.scope).href;
  // A page that was loaded while the worker was not there yet, or past it, may be led as well.
  await clients.claim();
  const windows = await clients.matchAll({ type: 'window', includeUncontrolled: true });
  const there = windows.find(({ url }) => url.startsWith(registration.scope));
  const ways = [() => clients.openWindow(address)];
  if (there !== undefined) {
    const isFocused = await there.focus().then(
      () => true,
      () => false,
    );
    const lead = () => there.navigate(address);
    // Where it cannot be brought to the front another window is better, and any way better than none.
    if (isFocused) ways.unshift(lead);
    else ways.push(lead);
  }
  for (const way of ways) {
    try {
      return await way();
    } catch {
      // It went meanwhile, or the browser does not allow it.
    }
  }
}
