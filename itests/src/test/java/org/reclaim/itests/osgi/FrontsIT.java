package org.reclaim.itests.osgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.wiring.FrameworkWiring;
import org.reclaim.api.ServiceProperties;
import org.reclaim.api.socket.SocketManager;
import org.reclaim.itests.osgi.foreign.greeter.PoliteGreeter;
import org.reclaim.itests.osgi.foreign.greeting.Greeter;

/** The services that users see under the managers' interfaces, of the platform's types and of somebody else's. */
public class FrontsIT extends PlatformTest {

    private static final String INTERFACE = Greeter.class.getName();

    @Override
    protected void prepare(Path runtime) throws IOException {
        var greeting = TestBundle.of("greeting", Greeter.class)
                .with("-exportcontents", Greeter.class.getPackageName() + ";version=1.0.0")
                .writeTo(runtime);
        TestBundle.of("greeter", PoliteGreeter.class).seeing(greeting).writeTo(runtime);
    }

    @Test
    public void aRawServiceUnderAFrontedInterfaceIsNamedAndNobodyGetsItInstead() {
        var object = (SocketManager) Proxy.newProxyInstance(
                SocketManager.class.getClassLoader(), new Class<?>[] {SocketManager.class}, (p, method, args) -> null);
        var raw = context().registerService(SocketManager.class, object, null);
        try {
            assertThat(log().problems())
                    .singleElement()
                    .asString()
                    .contains(context().getBundle().toString(), SocketManager.class.getName(), "reclaim.manager");
            assertThat(context().getServiceReference(SocketManager.class)).isNotEqualTo(raw.getReference());
        } finally {
            raw.unregister();
        }
    }

    @Test
    public void availabilityFollowsTheBundleBehindAFront() throws Exception {
        var front = context().getServiceReference(SocketManager.class);
        assertThat(front.getProperty(ServiceProperties.AVAILABLE)).isEqualTo(true);
        var sockets = bundle("org.reclaim.sockets");

        sockets.stop();
        assertThat(front.getProperty(ServiceProperties.AVAILABLE)).isEqualTo(false);
        assertThat(context().getServiceReferences(SocketManager.class, "(reclaim.available=true)")).isEmpty();

        sockets.start();
        assertThat(front.getProperty(ServiceProperties.AVAILABLE)).isEqualTo(true);
        assertThat(context().getServiceReference(SocketManager.class)).isEqualTo(front);
    }

    @Test
    public void somebodyElsesManagerHasAFrontThatPassesResultsAndExceptionsOn() throws Exception {
        install("greeting");
        install("greeter");
        var front = greeters()[0];
        assertThat(greeters()).hasSize(1);
        assertThat(front.getBundle()).isEqualTo(bundle("org.reclaim.orchestrator"));
        assertThat(greet(front, "Ada")).isEqualTo("Good day, Ada");
        assertThatThrownBy(() -> greet(front, ""))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("nobody there");
        var object = context().getService(front);
        assertThat(object).isEqualTo(object).hasSameHashCodeAs(object).hasToString("front of " + INTERFACE);
    }

    @Test
    public void aFrontStaysWithoutItsBundleAndGoesWithTheBundleOfItsInterface() throws Exception {
        var greeting = install("greeting");
        var greeter = install("greeter");

        greeter.uninstall();
        assertThat(greeters()).singleElement().satisfies(front ->
                assertThat(front.getProperty(ServiceProperties.AVAILABLE)).isEqualTo(false));

        greeting.uninstall();
        assertThat(greeters()).isNull();
        refresh(greeting);
        install("greeting");
        install("greeter");
        assertThat(greet(greeters()[0], "Bob")).isEqualTo("Good day, Bob");
        assertThat(log().lines("ERROR")).isEmpty();
    }

    @Test
    public void aFrontStaysForItsUsersUntilTheNewBundleOfItsInterfaceIsRefreshed() throws Exception {
        var greeting = install("greeting");
        install("greeter");
        var front = greeters()[0];
        var user = context().getService(front);
        var greet = user.getClass().getInterfaces()[0].getMethod("greet", String.class);

        try (var jar = Files.newInputStream(runtime().resolve("greeting.jar"))) {
            greeting.update(jar);
        }

        assertThat(greeters()).containsExactly(front);
        assertThat(greet.invoke(user, "Cy")).isEqualTo("Good day, Cy");
        context().ungetService(front);
        refresh(greeting);
        await().until(() -> greeters() != null && greeters()[0] != front);
        assertThat(greet(greeters()[0], "Dee")).isEqualTo("Good day, Dee");
        assertThat(log().lines("ERROR")).isEmpty();
    }

    /** All of them: they are not of the class loader that this bundle would see. */
    private static ServiceReference<?>[] greeters() throws InvalidSyntaxException {
        return context().getAllServiceReferences(INTERFACE, null);
    }

    private static Object greet(ServiceReference<?> front, String name) throws Exception {
        var greet = bundle("greeting").loadClass(INTERFACE).getMethod("greet", String.class);
        try {
            return greet.invoke(context().getService(front), name);
        } catch (InvocationTargetException e) {
            throw (Exception) e.getCause();
        }
    }

    private static void refresh(Bundle bundle) {
        var wiring = context().getBundle(0).adapt(FrameworkWiring.class);
        wiring.refreshBundles(List.of(bundle));
        await().until(() -> wiring.getRemovalPendingBundles().isEmpty());
    }
}
