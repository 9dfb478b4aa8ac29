import { useId, useRef, useState } from 'preact/hooks';
import './field.css';

export interface DropZoneProps {
  readonly label: string;
  readonly hint: string;
  /** As of `<input accept>`; all files where left out. */
  readonly accept?: string;
  /** Takes a folder with all that is in it, by choosing alone. */
  readonly folder?: boolean;
  readonly multiple?: boolean;
  readonly disabled?: boolean;
  readonly onFiles: (files: File[]) => void;
}

/** Takes files by choosing or by dropping; the file input itself is what keyboards and readers use. */
export function DropZone(props: DropZoneProps) {
  const {
    label,
    hint,
    accept,
    folder = false,
    multiple = false,
    disabled = false,
    onFiles,
  } = props;
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  const take = (list: FileList | null | undefined) => {
    const files = [...(list ?? [])].filter((file) => accept === undefined || fits(file, accept));
    if (files.length > 0 && !disabled) onFiles(multiple || folder ? files : files.slice(0, 1));
  };
  return (
    <label
      class="drop-zone"
      data-over={over}
      data-disabled={disabled}
      for={id}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        if (!folder) take(event.dataTransfer?.files);
      }}
    >
      <input
        ref={input}
        id={id}
        class="visually-hidden"
        type="file"
        accept={accept}
        // In no standard, and known to every browser: the input takes folders.
        {...(folder ? { webkitdirectory: true } : {})}
        multiple={multiple}
        disabled={disabled}
        aria-describedby={`${id}-hint`}
        onChange={(event) => {
          take(event.currentTarget.files);
          // The same file may be chosen again after it was taken out.
          event.currentTarget.value = '';
        }}
      />
      <strong>{label}</strong>
      <span id={`${id}-hint`} class="muted">
        {hint}
      </span>
    </label>
  );
}

/** By type or by ending, as the file chooser does it; a dropped file passes no chooser. */
function fits(file: File, accept: string): boolean {
  return accept.split(',').some((one) => {
    const wanted = one.trim();
    if (wanted.startsWith('.')) return file.name.toLowerCase().endsWith(wanted);
    if (wanted.endsWith('/*')) return file.type.startsWith(wanted.slice(0, -1));
    return file.type === wanted;
  });
}
