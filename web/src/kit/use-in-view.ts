import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

/** True from the moment on at which the element first comes near the visible part of the page. */
export function useInView<T extends Element>(): [RefObject<T>, boolean] {
  const element = useRef<T>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (seen || element.current === null) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) setSeen(true);
      },
      { rootMargin: '200px' },
    );
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [seen]);
  return [element, seen];
}
