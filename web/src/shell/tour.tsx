import './tour.css';
import { useId, useState } from 'preact/hooks';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { storedNumber } from '../live/stored-number.ts';
import { href, type PageName } from '../page/route.ts';

/** 1 once somebody has closed the tour in this browser. */
const closed = storedNumber('nightglass.tourClosed', 0);

const cards: readonly { readonly key: 'cameras' | 'night' | 'people'; readonly page: PageName }[] =
  [
    { key: 'cameras', page: 'wall' },
    { key: 'night', page: 'alerts' },
    { key: 'people', page: 'watchlists' },
  ];

/** Three cards about what the demo shows; in nobody's way, and gone for good once closed. */
export function Tour() {
  const [at, setAt] = useState(0);
  const titleId = useId();
  const card = cards[at];
  if (closed.value !== 0 || card === undefined) return null;
  const close = () => {
    closed.value = 1;
  };
  const last = at === cards.length - 1;
  return (
    <aside class="tour" aria-labelledby={titleId}>
      <header>
        <p class="tour-step">{t('shell.tourStep', { step: at + 1, count: cards.length })}</p>
        <Button look="quiet" onClick={close}>
          {t('shell.tourClose')}
        </Button>
      </header>
      <div aria-live="polite">
        <h2 id={titleId}>{t(`shell.tourTitle_${card.key}`)}</h2>
        <p>{t(`shell.tourText_${card.key}`)}</p>
      </div>
      <footer>
        <a href={href(card.page)}>{t(`shell.tourLink_${card.key}`)}</a>
        <Button look="quiet" disabled={at === 0} onClick={() => setAt(at - 1)}>
          {t('shell.tourBack')}
        </Button>
        <Button action="confirm" onClick={last ? close : () => setAt(at + 1)}>
          {t(last ? 'shell.tourDone' : 'shell.tourNext')}
        </Button>
      </footer>
    </aside>
  );
}
