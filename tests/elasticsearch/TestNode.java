import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.InternalSettingsPreparer;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginBundle;
import org.elasticsearch.plugins.PluginsLoader;

/** Starts a node whose home is the first argument; ends with the process that started it. */
public class TestNode {
    public static void main(String[] arguments) throws Exception {
        Path home = Path.of(arguments[0]);
        Settings settings = Settings.builder()
            .put("path.home", home)
            .put("path.logs", home.resolve("logs"))
            .build();
        Environment environment = InternalSettingsPreparer.prepareEnvironment(
            settings, Map.of(), home.resolve("config"), () -> "test");
        LogConfigurator.registerErrorListener();
        LogConfigurator.configure(environment, true);
        // Not as Java modules: the server runs on the class path.
        PluginsLoader loader = PluginsLoader.createPluginsLoader(
            bundles("loadModulesBundles", home.resolve("modules")),
            bundles("loadPluginsBundles", home.resolve("plugins")),
            Map.of(),
            false);
        new Node(environment, loader).start();
        // That process holds the other end of standard input: killed, it lets go of it.
        while (System.in.read() >= 0) {
        }
        Runtime.getRuntime().halt(1);
    }

    /** The method takes a path in version 8, and a flag besides in version 9. */
    @SuppressWarnings("unchecked")
    private static Set<PluginBundle> bundles(String name, Path folder) throws Exception {
        for (Method method : PluginsLoader.class.getMethods()) {
            if (method.getName().equals(name)) {
                Object found = method.getParameterCount() == 1
                    ? method.invoke(null, folder)
                    : method.invoke(null, folder, true);
                return (Set<PluginBundle>) found;
            }
        }
        throw new NoSuchMethodException(name);
    }
}
