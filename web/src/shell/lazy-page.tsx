import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import type { PageProps } from '../page/route.ts';

type Load<P> = () => Promise<{ readonly default: ComponentType<P> }>;

/** A page whose code is fetched when it is first visited. */
export function lazyPage(load: Load<PageProps>): ComponentType<PageProps> {
  return lazyPart(load);
}

/** A part of a page whose code is fetched when it is first shown. */
export function lazyPart<P extends object>(load: Load<P>): ComponentType<P> {
  let Loaded: ComponentType<P> | undefined;
  return function LazyPart(props: P) {
    const [ready, setReady] = useState(Loaded !== undefined);
    const [failed, setFailed] = useState(false);
    useEffect(() => {
      if (ready) return;
      load().then(
        (module) => {
          Loaded = module.default;
          setReady(true);
        },
        () => setFailed(true),
      );
    }, [ready]);
    if (Loaded !== undefined) return <Loaded {...props} />;
    if (!failed) return <p class="empty">{t('shell.loading')}</p>;
    // The browser remembers a module that failed, and after an update the file has another name.
    const again = () => location.reload();
    return (
      <div class="empty" role="alert">
        <p>{t('shell.pageFailed')}</p>
        <Button onClick={again}>{t('shell.tryAgain')}</Button>
      </div>
    );
  };
}
