package dev.nescio.systemtests;

import java.io.PrintWriter;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/// A program that runs the tests that it is given as `Class#method+method`, for [MutationRunTest].
final class RunTests {

    static final int GREEN = 0;
    static final int RED = 10;

    private RunTests() {}

    /// Ends with [#GREEN], with [#RED] if a test failed, and otherwise if not all of them ran.
    public static void main(String[] tests) throws ReflectiveOperationException {
        Set<Method> methods = new LinkedHashSet<>();
        for (String test : tests) {
            methods.addAll(methods(test));
        }
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .filters(EngineFilter.includeEngines("junit-jupiter"))
                .selectors(methods.stream()
                        .map(method -> DiscoverySelectors.selectMethod(method.getDeclaringClass(), method))
                        .toList())
                .build();
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request, listener);
        TestExecutionSummary summary = listener.getSummary();
        summary.printFailuresTo(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
        boolean allRan = summary.getContainersFailedCount() == 0 && summary.getTestsStartedCount() == methods.size();
        boolean green = summary.getTestsSucceededCount() == methods.size();
        System.exit(!allRan ? 1 : green ? GREEN : RED);
    }

    static List<Method> methods(String test) throws ReflectiveOperationException {
        int hash = test.indexOf('#');
        Class<?> type = Class.forName(RunTests.class.getPackageName() + "." + test.substring(0, hash));
        List<Method> methods = new ArrayList<>();
        for (String name : test.substring(hash + 1).split("\\+", -1)) {
            methods.add(Stream.of(type.getDeclaredMethods())
                    .filter(declared -> declared.getName().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new NoSuchMethodException(test + ": " + name)));
        }
        return methods;
    }
}
