/*
 * Shows alerts that are pushed to this device, and opens them. It answers no request and keeps
 * nothing: whatever version of the page there is comes from the server, and nothing of alerts is
 * in the browser's storage. What is shown is what the server wrote (src/services/push/push-notice.ts).
 */
const { clients, registration } = self;

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

/** What came; something to look at where it cannot be read. */
function read(data) {
  try {
    const notice = data.json();
    if (typeof notice.title === 'string' && typeof notice.text === 'string') return notice;
  } catch {
    // A browser wants something shown for whatever came.
  }
  const isChinese = self.navigator.language.startsWith('zh');
  return { title: 'Nightglass', text: isChinese ? '打开查看。' : 'Open to look.', tag: 'unread' };
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
