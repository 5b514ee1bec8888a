import { createTheme } from '@mantine/core';

/** Overlays only: no scroll lock, because it writes a style element that the security policy refuses. */
export const theme = createTheme({
  primaryShade: { light: 8, dark: 7 },
  defaultRadius: 'sm',
  respectReducedMotion: true,
  components: {
    Modal: {
      defaultProps: { lockScroll: false, shadow: 'none', transitionProps: { duration: 120 } },
    },
    Drawer: {
      defaultProps: { lockScroll: false, shadow: 'none', transitionProps: { duration: 120 } },
    },
  },
});
