import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n/t.ts';

export interface LocalPictureProps {
  readonly file: Blob;
  readonly alt: string;
  readonly class?: string;
  readonly onSize?: (width: number, height: number) => void;
}

/** A picture of the user's own, before or without its being stored. */
export function LocalPicture({ file, alt, class: extra = '', onSize }: LocalPictureProps) {
  const [url, setUrl] = useState<string>();
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setFailed(false);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  if (failed) return <div class={`picture picture-none ${extra}`}>{t('forms.pictureFailed')}</div>;
  if (url === undefined) return <div class={`picture ${extra}`} />;
  return (
    <img
      class={`picture ${extra}`}
      src={url}
      alt={alt}
      onError={() => setFailed(true)}
      onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
        onSize?.(naturalWidth, naturalHeight)
      }
    />
  );
}
