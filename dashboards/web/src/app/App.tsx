import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { theme } from '../theme/mantine.ts';
import { useColours } from '../theme/use-colours.ts';
import { queries } from './query.ts';
import { router } from './router.tsx';

export function App() {
  const [colours] = useColours();
  return (
    <MantineProvider
      theme={theme}
      forceColorScheme={colours}
      withCssVariables={false}
      withGlobalClasses={false}
      withStaticClasses={false}
    >
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
