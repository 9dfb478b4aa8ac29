import { useEffect, useState } from 'preact/hooks';
import type { ApiClient } from '../api/api-client.ts';
import { t } from '../i18n/t.ts';
import { useInView } from './use-in-view.ts';

export interface RemotePictureProps {
  readonly api: ApiClient;
  /** Path at the gateway. */
  readonly path: string;
  readonly alt: string;
  readonly class?: string;
}

type Loaded = { readonly url: string } | 'loading' | 'none' | 'failed';

/**
 * A picture that only who is signed in may fetch. It is fetched once it comes into view: a
 * long list asks for what is looked at, and no more is recorded as viewed.
 */
export function RemotePicture({ api, path, alt, class: extra = '' }: RemotePictureProps) {
  const [loaded, setLoaded] = useState<Loaded>('loading');
  const [room, inView] = useInView<HTMLDivElement>();
  useEffect(() => {
    if (!inView) return;
    let url: string | undefined;
    let gone = false;
    setLoaded('loading');
    api.picture(path).then(
      (blob) => {
        if (gone) return;
        if (blob !== null) url = URL.createObjectURL(blob);
        setLoaded(url === undefined ? 'none' : { url });
      },
      () => {
        if (!gone) setLoaded('failed');
      },
    );
    return () => {
      gone = true;
      if (url !== undefined) URL.revokeObjectURL(url);
    };
  }, [api, path, inView]);
  if (loaded === 'loading') {
    return <div ref={room} class={`picture picture-wait ${extra}`} aria-busy="true" />;
  }
  if (loaded === 'none') {
    return <div class={`picture picture-none ${extra}`}>{t('forms.noPicture')}</div>;
  }
  if (loaded === 'failed') {
    return <div class={`picture picture-none ${extra}`}>{t('forms.pictureFailed')}</div>;
  }
  return <img class={`picture ${extra}`} src={loaded.url} alt={alt} />;
}
