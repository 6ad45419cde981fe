public import Agents

extension ScriptedSearcher: Demonstrator {}
