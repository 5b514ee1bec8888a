import { createTheme } from '@mantine/core';

const overlay = {
  lockScroll: false,
  transitionProps: { duration: 120 },
  // Its `header` would be a second banner of the page.
  attributes: { header: { role: 'presentation' } },
  styles: { content: { boxShadow: 'none', border: '1px solid var(--line-strong)' } },
};

/** Overlays only: no scroll lock, because it writes a style element that the security policy refuses. */
export const theme = createTheme({
  primaryShade: { light: 8, dark: 7 },
  defaultRadius: 'sm',
  respectReducedMotion: true,
  components: { Modal: { defaultProps: overlay }, Drawer: { defaultProps: overlay } },
});
